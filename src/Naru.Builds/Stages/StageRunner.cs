using Naru.Builds.Copying;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Steps;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>Carries out one stage after another (classic) or all that are needed at once, each as far as what it stands on is done.</summary>
internal sealed class StageRunner(BuildJob job, IReadOnlyList<Stage> stages, BaseImages bases, StepWork work, RunSteps runs, CopySteps copies, ISnapshots snapshots)
    : IStageResults, IAsyncDisposable
{
    private readonly Dictionary<int, Task<StageState>> _results = [];
    private readonly Dictionary<string, Task<StageState>> _outside = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private CancellationTokenSource? _stop;

    public async Task<StageState> RunAsync(Stage target, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stop = stop;
        foreach (var stage in stages)
        {
            if (job.Classic)
            {
                var state = await StageAsync(stage, cancellationToken);
                lock (_lock)
                {
                    _results[stage.Index] = Task.FromResult(state);
                }
            }
            else
            {
                Start(stage);
            }
        }

        Task<StageState>[] all;
        lock (_lock)
        {
            all = [.. _results.Values];
        }

        try
        {
            // The first failure is the one to tell; the others were stopped because of it.
            await foreach (var done in Task.WhenEach(all))
            {
                await done;
            }
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAll(all).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        return await _results[target.Index];
    }

    public Task<StageState> ResultAsync(Stage stage)
    {
        lock (_lock)
        {
            return _results.TryGetValue(stage.Index, out var result) ? result
                : throw NaruException.Invalid($"stage {stage.Name} was not planned");
        }
    }

    public async Task<StageState> ImageAsync(string name, BuildStep step, CancellationToken cancellationToken)
    {
        Task<StageState> task;
        lock (_lock)
        {
            if (!_outside.TryGetValue(name, out task!))
            {
                _outside[name] = task = BaseAsync(name, job.Target, step, cancellationToken);
            }
        }

        return await task;
    }

    public Stage? Find(string name, int before) => StagePlan.Find(job.File.Stages, name, before);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Start(Stage stage)
    {
        lock (_lock)
        {
            var token = _stop!.Token;
            _results[stage.Index] = Task.Run(() => StageAsync(stage, token), CancellationToken.None);
        }
    }

    private async Task<StageState> StageAsync(Stage stage, CancellationToken cancellationToken)
    {
        var state = await FromAsync(stage, cancellationToken);
        var number = 0;
        foreach (var trigger in state.Triggers)
        {
            var instruction = DockerfileParser.ParseTrigger(trigger, job.File.Escape);
            state = await StepAsync(stage, state, instruction, job.Steps.Trigger(stage, instruction.Node, ++number), cancellationToken);
        }

        state = state with { Triggers = [] };
        foreach (var instruction in stage.Instructions)
        {
            state = await StepAsync(stage, state, instruction, job.Steps.Of(instruction.Node), cancellationToken);
        }

        return state;
    }

    private async Task<StageState> FromAsync(Stage stage, CancellationToken cancellationToken)
    {
        var step = job.Steps.Of(stage.From.Node)!;
        var name = Expansion.Word(stage.From.Base, job.File.Escape, job.Arguments.Global);
        var below = job.Request.NamedContexts.ContainsKey(name) ? null : Find(name, stage.Index);
        var state = below is null ? null : Inherit(await ResultAsync(below));
        return await TellAsync(step, async () =>
        {
            if (name.Length == 0)
            {
                throw NaruException.Invalid($"base name ({stage.From.Base}) should not be blank");
            }

            state ??= await BaseAsync(name, PlatformOf(stage), step, cancellationToken);
            job.Keep(snapshots.Hold(state.Layers));
            return (state with { Step = step.Id }, new BuildStepOutcome { ImageId = job.Classic ? state.Image : null, Cached = !job.Classic });
        }, cancellationToken);
    }

    private Platform PlatformOf(Stage stage)
    {
        if (stage.From.Platform.Length == 0)
        {
            return job.Target;
        }

        var text = Expansion.Word(stage.From.Platform, job.File.Escape, job.Arguments.Global);
        return Platform.Parse(text, job.Host) ?? throw NaruException.Invalid($"failed to parse platform {text}");
    }

    private async Task<StageState> BaseAsync(string name, Platform platform, BuildStep step, CancellationToken cancellationToken)
    {
        var named = job.Request.NamedContexts.GetValueOrDefault(name);
        if (named?.Solved is { } solved)
        {
            return FromDraft(solved.Draft, solved.Platform);
        }

        if (named?.Files is not null)
        {
            throw NaruException.Invalid($"the build context \"{name}\" holds files and cannot be a base image");
        }

        if (name == "scratch" && named is null)
        {
            return new StageState { Platform = platform };
        }

        var image = await bases.GetAsync(job, named?.Image ?? name, platform, step, cancellationToken);
        return Inherit(new StageState
        {
            Platform = image.Platform,
            Layers = image.Layers,
            Config = image.Config,
            History = image.History,
            Author = image.Author,
            Created = image.Created,
            Image = image.Id,
        });
    }

    private static StageState FromDraft(ImageDraft draft, Platform platform) => Inherit(new StageState
    {
        Platform = platform,
        Layers = draft.Layers,
        Config = draft.Config,
        History = draft.History,
        Author = draft.Author,
        Created = draft.Created,
    });

    /// <summary>What a stage takes over from its base: arguments end, triggers fire.</summary>
    private static StageState Inherit(StageState state) => state with
    {
        Arguments = [],
        CommandSet = false,
        Triggers = state.Config.OnBuild,
        Config = state.Config with { OnBuild = [] },
    };

    private async Task<StageState> StepAsync(Stage stage, StageState state, Instruction instruction, BuildStep? step, CancellationToken cancellationToken)
    {
        var input = state.Step;
        step = step is null || input is null ? step : step with { Inputs = [input.Value] };
        return await TellAsync(step, async () =>
        {
            var (next, outcome) = instruction switch
            {
                RunInstruction run => await runs.DoAsync(job, this, stage, state, run, step!, cancellationToken),
                CopyInstruction copy => await copies.DoAsync(job, this, stage, state, copy, step!, cancellationToken),
                WorkdirInstruction workdir => await WorkdirAsync(stage, state, workdir, cancellationToken),
                _ => await MetadataAsync(stage, state, instruction, cancellationToken),
            };
            return (next with { Step = step?.Id ?? next.Step }, outcome);
        }, cancellationToken);
    }

    private async Task<(StageState, BuildStepOutcome)> MetadataAsync(Stage stage, StageState state, Instruction instruction, CancellationToken cancellationToken)
    {
        var (after, text) = Metadata.Apply(state, instruction, job.File.Escape, job.Classic, job.Arguments);
        var line = text is null ? null : HistoryText.Of(job.Classic, state.Shell, text);
        return await work.DoAsync(job, stage.Name, state, after, [], line, null, cancellationToken);
    }

    private async Task<(StageState, BuildStepOutcome)> WorkdirAsync(Stage stage, StageState state, WorkdirInstruction instruction, CancellationToken cancellationToken)
    {
        var word = Expansion.Word(instruction.Path, job.File.Escape, state.Lookup);
        if (word.Length == 0)
        {
            throw NaruException.Invalid("cannot normalize nothing");
        }

        var path = Metadata.Workdir(state, word);
        var after = state with { Config = state.Config with { WorkingDirectory = path } };
        var text = HistoryText.Of(job.Classic, state.Shell, "WORKDIR " + (job.Classic ? path : word));
        return await work.DoAsync(job, stage.Name, state, after, ["workdir", path], text, async token =>
        {
            await using var tree = await SnapshotTree.OpenAsync(snapshots, state.Layers, token);
            if (path == "/" || tree.Root.TryStat(path) is { IsDirectory: true })
            {
                return new StepResult(state.Layers, 0);
            }

            try
            {
                tree.Root.CreateDirectories(path);
            }
            catch (Linux.Files.LinuxException problem)
            {
                throw new BuildException($"cannot make working directory {path}: {problem.Message}", inner: problem);
            }

            var (layers, size) = await tree.CommitAsync(token);
            return new StepResult(layers, size);
        }, cancellationToken);
    }

    /// <summary>Tells begin and end of a step; turns faults of the Dockerfile into failures of the build with their line.</summary>
    private async Task<StageState> TellAsync(BuildStep? step, Func<Task<(StageState, BuildStepOutcome)>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (step is not null)
        {
            job.Progress.Started(step);
        }

        try
        {
            var (state, outcome) = await body();
            if (step is not null)
            {
                job.Progress.Completed(step, outcome);
            }

            return state;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            if (step is not null)
            {
                job.Progress.Completed(step, new BuildStepOutcome { Error = failure is OperationCanceledException ? "context canceled" : failure.Message });
            }

            if (failure is NaruException { Kind: ErrorKind.InvalidArgument or ErrorKind.NotFound or ErrorKind.FailedPrecondition } rule)
            {
                throw new BuildException(rule.Message, line: step?.Line ?? 0, inner: rule);
            }

            if (failure is BuildException { Line: 0 } unplaced && step is not null)
            {
                throw new BuildException(unplaced.Message, unplaced.Code, step.Line, unplaced);
            }

            throw;
        }
    }
}

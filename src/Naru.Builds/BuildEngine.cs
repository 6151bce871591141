using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Builds.Caching;
using Naru.Builds.Contexts;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Results;
using Naru.Builds.Stages;
using Naru.Builds.Steps;
using Naru.Core.Builds;
using Naru.Core.Events;
using Naru.Core.Hosts;
using Naru.Core.Images;

namespace Naru.Builds;

/// <summary>Carries out builds.</summary>
internal sealed partial class BuildEngine(
    ContextReceiver receiver,
    RemoteFetcher remote,
    BaseImages bases,
    StepWork work,
    RunSteps runs,
    CopySteps copies,
    CacheCollector collector,
    IImages images,
    ISnapshots snapshots,
    IHost host,
    IEvents events,
    ILogger<BuildEngine> logger) : IBuilds
{
    public Task<IBuildContext> ReceiveAsync(Stream archive, CancellationToken cancellationToken) => receiver.ReceiveAsync(archive, cancellationToken);

    public Task<IBuildContext> FetchAsync(string remoteAddress, CancellationToken cancellationToken) => remote.FetchContextAsync(remoteAddress, cancellationToken);

    public async Task<ISolvedBuild> SolveAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var job = await PlanAsync(request, progress, cancellationToken);
        try
        {
            // 1. What is to be done.
            var target = StagePlan.TargetOf(job.File, request);
            var stages = StagePlan.Needed(job.File, target, request, job.Arguments.Global);
            progress.Planned(job.Steps.All);
            foreach (var warning in request.Classic ? [] : job.File.Warnings)
            {
                progress.Warn(warning);
            }

            foreach (var argument in request.Classic ? job.File.GlobalArguments : [])
            {
                var step = job.Steps.Of(argument.Node)!;
                progress.Started(step);
                progress.Completed(step, new BuildStepOutcome());
            }

            // 2. The stages.
            await using var runner = new StageRunner(job, stages, bases, work, runs, copies, snapshots);
            var state = await runner.RunAsync(target, cancellationToken);

            // 3. The labels of the request, as a last step of their own.
            state = await LabelAsync(job, target, state, cancellationToken);
            return new SolvedBuild(job, state, images, snapshots, events);
        }
        catch (Exception failure)
        {
            job.Dispose();
            LogFailed(failure.Message);
            throw;
        }
    }

    public ImmutableArray<BuildCacheRecord> Cache() => collector.List();

    public Task<BuildPruned> PruneAsync(BuildPrune prune, CancellationToken cancellationToken) => Task.Run(() => collector.Prune(prune, cancellationToken), cancellationToken);

    private async Task<BuildJob> PlanAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        var hostPlatform = host.Read().Platform;
        var loaded = await DockerfileLoader.LoadAsync(request, progress, cancellationToken);
        var target = request.Platform ?? hostPlatform;
        var stage = StagePlan.TargetOf(loaded.File, request);
        var arguments = new BuildArguments(request, loaded.File, hostPlatform, target, stage.Name);
        var stages = StagePlan.Needed(loaded.File, stage, request, arguments.Global);
        return new BuildJob
        {
            Request = request,
            File = loaded.File,
            Arguments = arguments,
            Host = hostPlatform,
            Target = target,
            Steps = StepBook.Make(loaded.File, stages, request.Classic),
            Progress = progress,
            Context = loaded.Context,
            CacheFrom = request.Classic ? [.. request.CacheFrom.Select(images.Find).OfType<Image>()] : [],
        };
    }

    private async Task<StageState> LabelAsync(BuildJob job, Stage target, StageState state, CancellationToken cancellationToken)
    {
        if (job.Request.Labels.IsEmpty)
        {
            return state;
        }

        var labels = (state.Config.Labels ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)).SetItems(job.Request.Labels);
        var after = state with { Config = state.Config with { Labels = labels } };
        if (!job.Classic)
        {
            return after;
        }

        var text = HistoryText.Of(classic: true, state.Shell, "LABEL " + string.Join(' ', job.Request.Labels.Select(l => $"{l.Key}={l.Value}")));
        return (await work.DoAsync(job, target.Name, state, after, [], text, null, cancellationToken)).State;
    }

    [LoggerMessage(5020, LogLevel.Debug, "Build failed: {Problem}")]
    private partial void LogFailed(string problem);
}

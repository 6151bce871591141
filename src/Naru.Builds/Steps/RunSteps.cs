using System.Collections.Immutable;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Containers;

namespace Naru.Builds.Steps;

/// <summary>RUN: what depends on what, the line of history, the command.</summary>
internal sealed class RunSteps(StepWork work, RunMounts mounts, RunContainer container)
{
    public async Task<(StageState State, BuildStepOutcome Outcome)> DoAsync(
        BuildJob job, IStageResults stages, Stage stage, StageState state, RunInstruction run, BuildStep step, CancellationToken cancellationToken)
    {
        var (command, script) = Command(state, run);
        var declared = Declared(job, state);
        var network = run.Network is "" or "default" ? job.Request.NetworkMode : run.Network;
        if (run.Security == "insecure" && !job.Request.AllowInsecure)
        {
            throw new BuildException("security.insecure is not allowed");
        }

        ContainerId? removed = null;
        await using var wanted = await mounts.PrepareAsync(job, stages, stage, state, run, step, cancellationToken);
        string[] facts =
        [
            "run", string.Join('\0', command), script?.Content ?? "", string.Join('\0', state.Config.Environment), string.Join('\0', declared),
            state.Config.User, state.Config.WorkingDirectory, network, run.Security, string.Join('\0', job.Request.ExtraHosts), .. wanted.Facts,
        ];
        var text = HistoryText.Run(job.Classic, declared, command);
        var (next, outcome) = await work.DoAsync(job, stage.Name, state, state, facts, text, async token =>
        {
            var result = await container.RunAsync(
                new RunOrder
                {
                    Job = job,
                    Step = step,
                    State = state,
                    Command = command,
                    Script = script,
                    Shown = Shown(state, run),
                    Environment = [.. state.Config.Environment, .. Undefined(state, declared), .. job.Arguments.UndeclaredProxies(state)],
                    Network = network,
                    Privileged = run.Security == "insecure",
                    Mounts = wanted,
                },
                token);
            removed = result.Container;
            return result;
        }, cancellationToken);
        return (next, outcome with { RemovedContainer = removed });
    }

    /// <summary>ARGs with a value, <c>name=value</c>: the classic builder sorts them.</summary>
    private static List<string> Declared(BuildJob job, StageState state)
    {
        var arguments = state.Arguments.Where(a => a.Value is not null).Select(a => $"{a.Name}={state.Lookup(a.Name)}");
        return [.. job.Classic ? arguments.Order(StringComparer.Ordinal) : arguments];
    }

    /// <summary>ENV goes before ARG.</summary>
    private static IEnumerable<string> Undefined(StageState state, List<string> declared) =>
        declared.Where(d => !state.Config.Environment.Any(e => e.StartsWith(d[..(d.IndexOf('=', StringComparison.Ordinal) + 1)], StringComparison.Ordinal)));

    private static (ImmutableArray<string> Command, RunScript? Script) Command(StageState state, RunInstruction run)
    {
        var words = run.Command.Words;
        var heredocs = run.Node.Heredocs;
        if (heredocs.IsEmpty)
        {
            return (Metadata.Resolve(state, run.Command), null);
        }

        if (!run.Command.Shell)
        {
            throw new BuildException($"parsing produced an invalid run command: {string.Join(' ', words)}");
        }

        if (HeredocReader.Parse(words[0]) is null)
        {
            // The shell itself reads the text.
            var whole = string.Concat([words[0], .. heredocs.Select(h => $"\n{h.Content}{h.Name}")]);
            return ([.. state.Shell, whole], null);
        }

        var content = heredocs[0].Content;
        return content.StartsWith("#!", StringComparison.Ordinal)
            ? ([$"/dev/pipes/{heredocs[0].Name}"], new RunScript(heredocs[0].Name, content))
            : ([.. state.Shell, content], null);
    }

    private static string Shown(StageState state, RunInstruction run) => string.Join(' ', Command(state, run).Command);
}

/// <summary>A heredoc that is a program of its own.</summary>
/// <param name="Name">File name.</param>
/// <param name="Content">Its text.</param>
internal sealed record RunScript(string Name, string Content);

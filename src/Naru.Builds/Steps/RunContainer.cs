using System.Collections.Immutable;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Steps;

/// <summary>Runs one command in a container of its own, hands its output on, and makes a layer of what it wrote.</summary>
internal sealed class RunContainer(IContainers containers, ISnapshots snapshots)
{
    /// <summary>Marks the containers of the classic builder's steps, which everybody sees.</summary>
    public const string StepNote = "naru.build.step";

    public async Task<StepResult> RunAsync(RunOrder order, CancellationToken cancellationToken)
    {
        await using var live = await order.Mounts.OpenAsync(order.Script, cancellationToken);
        var created = (await containers.CreateAsync(SpecOf(order, live), null, cancellationToken)).Container;
        var keep = true;
        try
        {
            await using var stubs = await MountStubs.WatchAsync(snapshots, created.SnapshotKey, live.Targets, cancellationToken);
            await RunToEndAsync(order, created, cancellationToken);
            stubs.Remove();
            var size = await snapshots.UsageAsync(created.SnapshotKey, cancellationToken);
            var layers = await snapshots.CommitAsync(created.SnapshotKey, cancellationToken);
            keep = order.Job.Classic && !order.Job.Request.Remove && !order.Job.Request.ForceRemove;
            return new StepResult(layers, size, keep ? null : created.Id);
        }
        catch (BuildException)
        {
            // Docker keeps a failed step's container unless it is told not to.
            keep = order.Job.Classic && !order.Job.Request.ForceRemove;
            throw;
        }
        catch
        {
            keep = false;
            throw;
        }
        finally
        {
            if (!keep)
            {
                await RemoveAsync(created.Id);
            }
        }
    }

    private async Task RunToEndAsync(RunOrder order, Container created, CancellationToken cancellationToken)
    {
        var id = created.Id.Value;
        await using var attached = await containers.AttachAsync(id, new AttachOptions { Output = true, Error = true }, cancellationToken);
        var end = await containers.WaitAsync(id, WaitCondition.NextExit, cancellationToken);
        order.Job.Progress.Running(order.Step, created.Id);
        try
        {
            await containers.StartAsync(id, cancellationToken);
        }
        catch (NaruException problem) when (problem.Kind is not (ErrorKind.Internal or ErrorKind.ResourceExhausted))
        {
            throw new BuildException(problem.Message, problem.ExitCode ?? 0, order.Step.Line, problem);
        }

        await PumpAsync(order, attached, cancellationToken);
        var exit = await end.WaitAsync(cancellationToken);
        if (exit.Error.Length > 0)
        {
            throw new BuildException(exit.Error, exit.ExitCode, order.Step.Line);
        }

        if (exit.ExitCode != 0)
        {
            throw new BuildException(
                order.Job.Classic
                    ? $"The command '{order.Shown}' returned a non-zero code: {exit.ExitCode}"
                    : $"process \"{order.Shown}\" did not complete successfully: exit code: {exit.ExitCode}",
                exit.ExitCode,
                order.Step.Line);
        }
    }

    private static async Task PumpAsync(RunOrder order, IAttachment attached, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await attached.ReadAsync(buffer, cancellationToken) is { Count: > 0 } piece)
        {
            order.Job.Progress.Output(order.Step, piece.Stream, buffer.AsSpan(0, piece.Count));
        }
    }

    private async Task RemoveAsync(ContainerId id)
    {
        try
        {
            await containers.RemoveAsync(id.Value, new RemoveOptions(Force: true, Volumes: true), CancellationToken.None);
        }
        catch (NaruException gone) when (gone.Kind == ErrorKind.NotFound)
        {
        }
    }

    private static ImmutableSortedDictionary<string, string> StepNotes { get; } = ImmutableSortedDictionary<string, string>.Empty.Add(StepNote, "1");

    private static ContainerSpec SpecOf(RunOrder order, LiveMounts live)
    {
        var (job, config) = (order.Job, order.State.Config);
        return new ContainerSpec
        {
            Image = order.State.Image?.Value ?? order.State.Layers.ChainId?.Value ?? "scratch",
            Layers = order.State.Layers,
            Internal = !job.Classic,
            DialectNotes = job.Classic ? StepNotes : ImmutableSortedDictionary<string, string>.Empty,
            Platform = order.State.Platform,
            Process = new ProcessSpec
            {
                Entrypoint = [],
                Command = order.Command,
                Environment = [.. order.Environment, .. live.Environment],
                WorkingDirectory = config.WorkingDirectory.Length == 0 ? null : config.WorkingDirectory,
                User = config.User.Length == 0 ? null : config.User,
                AttachOutput = true,
                AttachError = true,
            },
            Hostname = job.Request.Hostname.Length == 0 ? job.Classic ? null : "buildkitsandbox" : job.Request.Hostname,
            HealthCheck = new HealthCheckSpec { Test = ["NONE"] },
            Isolation = new IsolationSpec { SecurityOptions = job.Request.SecurityOptions, Privileged = order.Privileged },
            Resources = job.Request.Resources,
            Mounts = live.Mounts,
            Network = new ContainerNetworkSpec { Mode = order.Network, ExtraHosts = job.Request.ExtraHosts },
            Log = new LogSpec { Driver = job.Classic ? "" : "none" },
        };
    }
}

using Microsoft.Extensions.Logging;
using Naru.Agent.Admission;
using Naru.Agent.Events;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Errors;

namespace Naru.Agent.Shutdown;

/// <inheritdoc cref="INodeShutdown"/>
internal sealed partial class NodeShutdown(
    PodWorkers workers, PodTable table, NodePressures pressures, NodeRegistrar registrar, PodEvents events, TimeProvider time, ILogger<NodeShutdown> logger) : INodeShutdown
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    // For the store, once a pod's containers have ended.
    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(TimeSpan grace, TimeSpan critical, CancellationToken cancellationToken)
    {
        if (critical < TimeSpan.Zero || grace < critical)
        {
            throw NaruException.Invalid("more time is kept for critical pods than there is for all");
        }

        pressures.Shutdown = "node is shutting down";
        events.Node(false, "NodeShutdown", "Shutdown manager detected shutdown event");
        await TellAsync(cancellationToken);
        return await EndAsync(static pod => !pod.IsCritical, grace - critical, cancellationToken) + await EndAsync(static _ => true, critical, cancellationToken);
    }

    public Task CancelAsync(CancellationToken cancellationToken)
    {
        pressures.Shutdown = "";
        return TellAsync(cancellationToken);
    }

    private async Task<int> EndAsync(Predicate<PodView> chosen, TimeSpan grace, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        foreach (var worker in workers.All)
        {
            var pod = new PodView(worker.Tree);
            if (!pod.IsTerminal && chosen(pod) && worker.End(new PodEnd("Terminated", "Pod was terminated in response to imminent node shutdown.", IsDisruption: true, Grace: grace)))
            {
                LogEnding(pod.Namespace, pod.Name);
                ended.Add(pod.Uid);
            }
        }

        var last = time.GetUtcNow() + grace + Writing;
        using var timer = new PeriodicTimer(Beat, time);
        while (ended.Any(uid => Runs(uid) || (IsUnwritten(uid) && time.GetUtcNow() < last)) && await timer.WaitForNextTickAsync(cancellationToken))
        {
        }

        return ended.Count;
    }

    private bool Runs(string uid) => table.Of(uid).Any(static one => one is { IsLive: true, IsSandbox: false });

    // A pod whose end is not written would be taken for one that runs, and started again in its old place. Static pods are to start again.
    private bool IsUnwritten(string uid) => workers.Of(uid) is { } worker && new PodView(worker.Tree) is { IsTerminal: false, IsDeleted: false, IsStatic: false };

    // The pods end whether or not anybody hears of it.
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            await registrar.ReportAsync(cancellationToken);
        }
        catch (NaruException failure)
        {
            LogNotTold(failure.Message);
        }
    }

    [LoggerMessage(17950, LogLevel.Information, "Pod {Namespace}/{Pod} is ended before the machine goes down")]
    private partial void LogEnding(string @namespace, string pod);

    [LoggerMessage(17951, LogLevel.Warning, "The cluster could not be told of the shutdown: {Problem}")]
    private partial void LogNotTold(string problem);
}

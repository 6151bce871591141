using System.Diagnostics;
using Naru.Cluster.Bench.Http;
using Naru.Cluster.Bench.Load;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>Pods are created and the scheduler binds them to faked nodes: as they come, or (preloaded) all at once when what keeps them off goes.</summary>
internal static class BindScenario
{
    private const string Space = "bench-bind";

    public static async Task DoAsync(Run run, string kind, bool preloaded, CancellationToken cancellationToken)
    {
        await run.MakeNamespaceAsync(Space, cancellationToken);
        await using var nodes = new FakeNodes(run.Config, run.Sizes.Nodes);
        await nodes.MakeAsync(cancellationToken);
        var gate = new PodGate(run.Config, Space);
        if (preloaded)
        {
            await gate.CloseAsync(cancellationToken);
            await run.CreatePodsAsync(Space, run.Sizes.Pods, kind, null, cancellationToken);
        }

        // What new nodes and refused pods have written about them belongs to the time before.
        await gate.SettleAsync(200 + (run.Sizes.Nodes / 8), cancellationToken);

        using var watch = await ApiConnection.OpenAsync(run.Config, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (bound, last) = (0, 0L);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = await watch.WatchAsync($"{Run.PodsOf(Space)}?watch=1&fieldSelector=spec.nodeName!%3D", cancellationToken);
        var counting = new MarkReader(stream, "\"type\":\"ADDED\""u8.ToArray(), 0).ReadAsync(_ =>
        {
            last = Stopwatch.GetTimestamp();
            if (Interlocked.Increment(ref bound) == run.Sizes.Pods)
            {
                all.TrySetResult();
            }
        }, end.Token);

        var (began, before) = (Stopwatch.GetTimestamp(), run.Server.Milliseconds());
        if (preloaded)
        {
            await gate.OpenAsync(cancellationToken);
        }
        else
        {
            await run.CreatePodsAsync(Space, run.Sizes.Pods, kind, null, cancellationToken, () => (began, before) = (Stopwatch.GetTimestamp(), run.Server.Milliseconds()));
        }

        await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromSeconds(run.Sizes.Seconds), TimeProvider.System, cancellationToken), counting);
        Report(run, kind, preloaded, bound, Stopwatch.GetElapsedTime(began, last == 0 ? Stopwatch.GetTimestamp() : last), run.Server.Milliseconds() - before);
        await end.CancelAsync();
        await counting.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await run.ClearAsync(Space, cancellationToken);
    }

    private static void Report(Run run, string kind, bool preloaded, int bound, TimeSpan took, double used)
    {
        var name = preloaded ? $"bind preloaded pods ({kind}, {run.Sizes.Nodes} nodes)" : $"create and bind pods ({kind}, {run.Sizes.Nodes} nodes)";
        run.Results.Add(name, bound / took.TotalSeconds, "pods/s");
        if (bound < run.Sizes.Pods)
        {
            run.Results.Add($"{name}: not bound", run.Sizes.Pods - bound, "pods");
        }

        if (run.Server.IsKnown)
        {
            run.Results.Add($"{name}: server's processor a pod", used / Math.Max(1, bound), "ms");
        }
    }
}

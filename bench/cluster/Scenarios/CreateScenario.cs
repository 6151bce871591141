using Naru.Cluster.Bench.Load;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>Many clients create pods that nobody places.</summary>
internal static class CreateScenario
{
    private const string Space = "bench-create";

    public static async Task DoAsync(Run run, CancellationToken cancellationToken)
    {
        await run.MakeNamespaceAsync(Space, cancellationToken);
        var latencies = new Latencies();
        var before = 0.0;
        var took = await run.CreatePodsAsync(Space, run.Sizes.Pods, "unscheduled", latencies, cancellationToken, () => before = run.Server.Milliseconds());
        var used = run.Server.Milliseconds() - before;
        run.Results.Add($"create pods, {run.Sizes.Clients} clients", run.Sizes.Pods / took.TotalSeconds, "pods/s");
        run.Results.Add("create pods: p50", latencies.At(0.5), "ms");
        run.Results.Add("create pods: p99", latencies.At(0.99), "ms");
        if (run.Server.IsKnown)
        {
            run.Results.Add("create pods: server's processor a pod", used / run.Sizes.Pods, "ms");
            run.Results.Add("create pods: server resident after", run.Server.Megabytes(), "MB");
        }

        await run.ClearAsync(Space, cancellationToken);
    }
}

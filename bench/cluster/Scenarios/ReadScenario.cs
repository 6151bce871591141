using System.Diagnostics;
using Naru.Cluster.Bench.Http;
using Naru.Cluster.Bench.Load;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>GET of one pod and LIST of 500, one client after another's answer.</summary>
internal static class ReadScenario
{
    private const string Space = "bench-read";
    private const int Pods = 500;

    public static async Task DoAsync(Run run, CancellationToken cancellationToken)
    {
        await run.MakeNamespaceAsync(Space, cancellationToken);
        await run.CreatePodsAsync(Space, Pods, "unscheduled", null, cancellationToken);
        using var connection = await ApiConnection.OpenAsync(run.Config, cancellationToken);
        await MeasureAsync(run, connection, "get a pod", 4000, static number => $"{Run.PodsOf(Space)}/{Run.PodName(number % Pods)}", cancellationToken);
        await MeasureAsync(run, connection, "list 500 pods", 400, static _ => Run.PodsOf(Space), cancellationToken);
        await run.ClearAsync(Space, cancellationToken);
    }

    private static async Task MeasureAsync(Run run, ApiConnection connection, string name, int count, Func<int, string> path, CancellationToken cancellationToken)
    {
        var (latencies, before) = (new Latencies(), 0.0);
        for (var number = -count / 10; number < count; number++)
        {
            if (number == 0)
            {
                before = run.Server.Milliseconds();
            }

            var at = Stopwatch.GetTimestamp();
            await connection.DoAsync("GET", path(Math.Abs(number)), default, cancellationToken);
            if (number >= 0)
            {
                latencies.Add(Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            }
        }

        run.Results.Add($"{name}: p50", latencies.At(0.5), "ms");
        run.Results.Add($"{name}: p99", latencies.At(0.99), "ms");
        if (run.Server.IsKnown)
        {
            run.Results.Add($"{name}: server's processor", (run.Server.Milliseconds() - before) / count, "ms");
        }
    }
}

using System.Globalization;
using Naru.Cluster.Bench.Http;
using Naru.Cluster.Bench.Load;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>What all scenarios share: where, how much, and the results.</summary>
internal sealed record Run(Kubeconfig Config, ServerUse Server, RunSizes Sizes, Results Results)
{
    public static string PodName(int number) => string.Create(CultureInfo.InvariantCulture, $"p-{number:000000}");

    public static string PodsOf(string space) => $"/api/v1/namespaces/{space}/pods";

    /// <summary>Makes a namespace and waits for the account that its pods run as.</summary>
    public async Task MakeNamespaceAsync(string space, CancellationToken cancellationToken)
    {
        using var connection = await ApiConnection.OpenAsync(Config, cancellationToken);
        await connection.DoAsync("POST", "/api/v1/namespaces", Bodies.Namespace(space), cancellationToken, allowed: 409);
        for (var round = 0; round < 400; round++)
        {
            var (code, _) = await connection.SendAsync("GET", $"/api/v1/namespaces/{space}/serviceaccounts/default", default, cancellationToken);
            if (code == 200)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Takes the pods away, unless they are to stay for the next run.</summary>
    public async Task ClearAsync(string space, CancellationToken cancellationToken)
    {
        if (Sizes.Keep)
        {
            return;
        }

        using var connection = await ApiConnection.OpenAsync(Config, cancellationToken);
        await connection.DoAsync("DELETE", PodsOf(space) + "?gracePeriodSeconds=0", default, cancellationToken);
        await connection.DoAsync("DELETE", $"/api/v1/namespaces/{space}", default, cancellationToken, allowed: 409);
    }

    /// <summary>Creates pods; returns the time it took.</summary>
    public Task<TimeSpan> CreatePodsAsync(string space, int count, string kind, Latencies? latencies, CancellationToken cancellationToken, Action? beforeFirst = null) =>
        Clients.DoAsync(Config, Sizes.Clients, count, async (connection, number) =>
        {
            var at = System.Diagnostics.Stopwatch.GetTimestamp();
            await connection.DoAsync("POST", PodsOf(space), Bodies.Pod(PodName(number), number, kind), cancellationToken);
            latencies?.Add(System.Diagnostics.Stopwatch.GetElapsedTime(at).TotalMicroseconds);
        }, cancellationToken, beforeFirst);
}

/// <summary>How much of everything.</summary>
internal sealed record RunSizes(int Clients, int Pods, int Nodes, int Watchers, int ChangesASecond, int Seconds, bool Keep);

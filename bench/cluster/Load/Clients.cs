using Naru.Cluster.Bench.Http;

namespace Naru.Cluster.Bench.Load;

/// <summary>Several connections that share a piece of work.</summary>
internal static class Clients
{
    /// <summary>Opens connections, does each number from 0 on once, closes them. Returns how long the work took without the opening.</summary>
    public static async Task<TimeSpan> DoAsync(Kubeconfig config, int clients, int count, Func<ApiConnection, int, ValueTask> act, CancellationToken cancellationToken, Action? beforeFirst = null)
    {
        var connections = new List<ApiConnection>();
        for (var client = 0; client < clients; client++)
        {
            connections.Add(await ApiConnection.OpenAsync(config, cancellationToken));
        }

        beforeFirst?.Invoke();
        var next = -1;
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
            {
                await act(connection, number);
            }
        }, cancellationToken)));
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        connections.ForEach(static connection => connection.Dispose());
        return took;
    }
}

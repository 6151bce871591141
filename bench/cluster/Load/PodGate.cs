using System.Buffers.Text;
using Naru.Cluster.Bench.Http;

namespace Naru.Cluster.Bench.Load;

/// <summary>Keeps pods off all nodes with one pod that wants none of them near, and lets them come with one deletion: the clock then sees scheduling alone, not five thousand nodes that change.</summary>
internal sealed class PodGate(Kubeconfig config, string space)
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Name = "bench-gate";

    /// <summary>Returns when the pod is on a node.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        using var connection = await ApiConnection.OpenAsync(config, cancellationToken);
        await connection.DoAsync("POST", Pods, Bodies.Gate(Name, space), cancellationToken, allowed: 409);
        while ((await connection.DoAsync("GET", $"{Pods}/{Name}", default, cancellationToken)).Span.IndexOf("\"nodeName\":"u8) < 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Waits until the server has little to do but renew leases: refused pods are told why, and these writes belong to the time before.</summary>
    public async Task SettleAsync(int writesASecond, CancellationToken cancellationToken)
    {
        using var connection = await ApiConnection.OpenAsync(config, cancellationToken);
        var last = await RevisionAsync(connection, cancellationToken);
        for (var round = 0; round < 120; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            var now = await RevisionAsync(connection, cancellationToken);
            if (now - last <= writesASecond)
            {
                return;
            }

            last = now;
        }
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var connection = await ApiConnection.OpenAsync(config, cancellationToken);
        await connection.DoAsync("DELETE", $"{Pods}/{Name}?gracePeriodSeconds=0", default, cancellationToken);
    }

    private static async Task<long> RevisionAsync(ApiConnection connection, CancellationToken cancellationToken)
    {
        var list = await connection.DoAsync("GET", "/api/v1/namespaces?limit=1", default, cancellationToken);
        var at = list.Span.IndexOf("\"resourceVersion\":\""u8) + 19;
        Utf8Parser.TryParse(list.Span[at..], out long revision, out _);
        return revision;
    }
}

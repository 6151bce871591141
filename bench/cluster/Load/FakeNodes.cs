using System.Globalization;
using Naru.Cluster.Bench.Http;

namespace Naru.Cluster.Bench.Load;

/// <summary>Nodes that exist in the API alone: made once, their leases renewed as long as they stand.</summary>
internal sealed class FakeNodes(Kubeconfig config, int count) : IAsyncDisposable
{
    // Nodes renew beside each other: one connection would fall behind a busy server, whose nodes would then be lost.
    private const int Renewers = 8;
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(10);

    // New nodes are tainted until a controller sees them ready: that is not what is measured.
    private static readonly byte[] Untainted = "{\"spec\":{\"taints\":null}}"u8.ToArray();

    private readonly CancellationTokenSource _end = new();
    private Task _renewing = Task.CompletedTask;

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-node-{number:00000}");

    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        await Clients.DoAsync(config, 16, count, async (connection, number) =>
        {
            var (name, now) = (NameOf(number), TimeProvider.System.GetUtcNow().UtcDateTime);
            await connection.DoAsync("POST", "/api/v1/nodes", Bodies.Node(name, number), cancellationToken, allowed: 409);
            await connection.DoAsync("PATCH", $"/api/v1/nodes/{name}/status", Bodies.NodeStatus(now), cancellationToken, "application/merge-patch+json");
            await connection.DoAsync("PATCH", $"/api/v1/nodes/{name}", Untainted, cancellationToken, "application/merge-patch+json");
            await connection.DoAsync("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", Bodies.Lease(name, now), cancellationToken, allowed: 409);
        }, cancellationToken);
        await WaitForReadyAsync(cancellationToken);
        _renewing = Task.WhenAll(Enumerable.Range(0, Renewers).Select(first => Task.Run(() => RenewAsync(first), CancellationToken.None)));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _renewing;
        using var connection = await ApiConnection.OpenAsync(config, CancellationToken.None);
        await connection.DoAsync("DELETE", $"/api/v1/nodes?labelSelector={Bodies.Label}", default, CancellationToken.None);
        await connection.SendAsync("DELETE", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", default, CancellationToken.None);
        _end.Dispose();
    }

    // A controller may have tainted a node again before it saw it ready; the clock must not run before.
    private async Task WaitForReadyAsync(CancellationToken cancellationToken)
    {
        using var connection = await ApiConnection.OpenAsync(config, cancellationToken);
        for (var round = 0; round < 80; round++)
        {
            var answer = await connection.DoAsync("GET", $"/api/v1/nodes?labelSelector={Bodies.Label}", default, cancellationToken);
            if (answer.Span.IndexOf("node.kubernetes.io/not-ready"u8) < 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, cancellationToken);
        }
    }

    private async Task RenewAsync(int first)
    {
        try
        {
            using var connection = await ApiConnection.OpenAsync(config, _end.Token);
            using var timer = new PeriodicTimer(RenewEvery / Math.Max(1, count / Renewers), TimeProvider.System);
            for (var number = first; await timer.WaitForNextTickAsync(_end.Token); number = number + Renewers < count ? number + Renewers : first)
            {
                var path = $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{NameOf(number)}";
                await connection.DoAsync("PATCH", path, Bodies.Renewal(TimeProvider.System.GetUtcNow().UtcDateTime), _end.Token, "application/merge-patch+json");
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}

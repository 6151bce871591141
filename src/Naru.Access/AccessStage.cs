using Naru.Access.Certificates;
using Naru.Access.Roles;
using Naru.Access.Tokens;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Access;

namespace Naru.Access;

/// <summary>Makes certificates and default roles at start, and keeps aggregated roles filled.</summary>
internal sealed class AccessStage(IClusterCertificates certificates, RoleReconciler reconciler, RoleAggregator aggregator, AuthenticationPublisher publisher, NodePods pods, SigningKeys keys, TimeProvider time, EngineDirectories directories, SharedTrust? shared = null) : IEngineStage, IDisposable
{
    private static readonly TimeSpan Upkeep = TimeSpan.FromHours(12);

    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;

    public int Order => 820;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        PrivateFile.Sweep(directories.DataPath("pki"));
        _ = (certificates.Server, certificates.FrontProxyClient, certificates.KubeletClient);
        await RotateAsync(cancellationToken);
        await reconciler.ReconcileAsync(cancellationToken);
        await aggregator.AggregateAsync(cancellationToken);
        await publisher.PublishAsync(cancellationToken);
        var stopping = _stopping.Token;
        _work = Task.WhenAll(
            Task.Run(() => aggregator.RunAsync(stopping), CancellationToken.None),
            Task.Run(() => pods.RunAsync(stopping), CancellationToken.None),
            Task.Run(() => reconciler.KeepNamespacesAsync(stopping), CancellationToken.None),
            Task.Run(() => KeepUpAsync(stopping), CancellationToken.None));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task KeepUpAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Upkeep, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await RotateAsync(cancellationToken);
            }
            catch (NaruException)
            {
                // The store is away: the old key signs on until the next time.
            }
        }
    }

    private async Task RotateAsync(CancellationToken cancellationToken)
    {
        if (shared is null)
        {
            keys.Rotate();
            return;
        }

        await shared.RotateAsync(cancellationToken);
    }
}

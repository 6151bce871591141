using Naru.Access.Certificates;
using Naru.Access.Roles;
using Naru.Core.Lifetime;
using Naru.Objects.Access;

namespace Naru.Access;

/// <summary>Makes certificates and default roles at start, and keeps aggregated roles filled.</summary>
internal sealed class AccessStage(IClusterCertificates certificates, RoleReconciler reconciler, RoleAggregator aggregator, EngineDirectories directories) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _aggregation = Task.CompletedTask;

    public int Order => 820;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        PrivateFile.Sweep(directories.DataPath("pki"));
        _ = (certificates.Server, certificates.FrontProxyClient, certificates.KubeletClient);
        await reconciler.ReconcileAsync(cancellationToken);
        await aggregator.AggregateAsync(cancellationToken);
        _aggregation = Task.Run(() => aggregator.RunAsync(_stopping.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _aggregation.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();
}

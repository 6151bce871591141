using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Servers;

/// <summary>Says that this server lives: a lease <c>kube-system/apiserver-…</c> that it renews. It also keeps the cluster's revision moving in idle times, as clients of Kubernetes are used to.</summary>
internal sealed partial class ServerLeaseStage(IObjects objects, ControllerRuntimeOptions options, TimeProvider time, ILogger<ServerLeaseStage> logger) : IEngineStage, IDisposable
{
    internal static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    private const string Namespace = "kube-system";
    private const string IdentityLabel = "apiserver.kubernetes.io/identity";
    private const string Component = "kube-apiserver";
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);
    private static readonly GroupResource Leases = new("coordination.k8s.io", "leases");
    private static readonly WriteOptions AsServer = new() { FieldManager = Component };

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public int Order => 852;

    /// <summary>Name of this server's lease.</summary>
    internal string Name { get; } = $"apiserver-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)))[..24]}";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await RenewAsync(cancellationToken);
                await Task.Delay(Renewal, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lease runs out by itself.
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = KubernetesTime.FormatMicro(time.GetUtcNow());
            if (objects.Get(Leases, Namespace, Name) is null)
            {
                await objects.CreateAsync(Leases, NewLease(now), AsServer, cancellationToken);
                return;
            }

            await objects.ChangeAsync(Leases, Namespace, Name, lease => Renew(lease, now), AsServer, cancellationToken);
        }
        catch (NaruException failure)
        {
            // The next renewal makes it good.
            LogNotRenewed(Name, failure.Message);
        }
    }

    private bool Renew(MapValue lease, string now)
    {
        var spec = lease.MakeMap("spec");
        spec["holderIdentity"] = options.Identity;
        spec["renewTime"] = now;
        return true;
    }

    private MapValue NewLease(string now) => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new MapValue { ["name"] = Name, ["namespace"] = Namespace, ["labels"] = new MapValue { [IdentityLabel] = Component, ["kubernetes.io/hostname"] = Environment.MachineName } },
        ["spec"] = new MapValue { ["holderIdentity"] = options.Identity, ["leaseDurationSeconds"] = (long)Duration.TotalSeconds, ["renewTime"] = now },
    };

    [LoggerMessage(12150, LogLevel.Debug, "lease {Name} was not renewed: {Why}")]
    private partial void LogNotRenewed(string name, string why);
}

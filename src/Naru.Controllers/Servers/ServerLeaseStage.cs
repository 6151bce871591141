using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Servers;

/// <summary>Says that this server lives: a lease <c>kube-system/apiserver-…</c> that it renews. It also keeps the cluster's revision moving in idle times, as clients of Kubernetes are used to.</summary>
internal sealed partial class ServerLeaseStage(IObjects objects, ControllerRuntimeOptions options, AdvertisedAddress advertised, TimeProvider time, ILogger<ServerLeaseStage> logger) : IEngineStage, IDisposable
{
    internal static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    /// <summary>Where others share the store they tell by it which servers answer.</summary>
    internal static readonly TimeSpan SharedRenewal = TimeSpan.FromSeconds(5);

    /// <summary>What the names of these leases begin with.</summary>
    internal const string NamePrefix = "apiserver-";

    /// <summary>Annotation: where pods reach the server.</summary>
    internal const string AddressAnnotation = "naru.dev/address";

    internal const string Namespace = "kube-system";
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
    internal string Name { get; } = NamePrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.ServerName)))[..24];

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
                await Task.Delay(options.SoleServer ? Renewal : SharedRenewal, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (!options.SoleServer)
            {
                await LeaveAsync();
            }
        }
    }

    // The others need not wait until this server has been silent for long enough.
    private async Task LeaveAsync()
    {
        try
        {
            await objects.DeleteAsync(Leases, Namespace, Name, new DeleteOptions(), CancellationToken.None);
        }
        catch (NaruException failure)
        {
            LogNotRenewed(Name, failure.Message);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = KubernetesTime.FormatMicro(time.GetUtcNow());
            if (objects.Get(Leases, Namespace, Name) is null)
            {
                var lease = NewLease();
                Renew(lease, now);
                await objects.CreateAsync(Leases, lease, AsServer, cancellationToken);
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
        var annotations = lease.MakeMap("metadata").MakeMap("annotations");
        annotations[AddressAnnotation] = advertised()?.ToString() is { } address ? new TextValue(address) : null;
        if (annotations.Count == 0)
        {
            lease.MakeMap("metadata").Remove("annotations");
        }

        return true;
    }

    private MapValue NewLease() => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new MapValue { ["name"] = Name, ["namespace"] = Namespace, ["labels"] = new MapValue { [IdentityLabel] = Component, ["kubernetes.io/hostname"] = Environment.MachineName } },
        ["spec"] = new MapValue { ["leaseDurationSeconds"] = (long)Duration.TotalSeconds },
    };

    [LoggerMessage(12150, LogLevel.Debug, "lease {Name} was not renewed: {Why}")]
    private partial void LogNotRenewed(string name, string why);
}

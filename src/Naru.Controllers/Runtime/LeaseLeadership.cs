using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>Leadership through a Lease in <c>kube-system</c>: whoever holds it leads; it is renewed every second and taken over when the holder was silent for
/// eight. A leader that cannot renew for five seconds stops by itself, before anybody else starts.</summary>
public sealed partial class LeaseLeadership(string name, IObjects objects, ControllerRuntimeOptions options, TimeProvider time, ILogger<LeaseLeadership> logger) : ILeadership
{
    private const string Namespace = "kube-system";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RenewWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly GroupResource Leases = new("coordination.k8s.io", "leases");

    private string _seenHolder = "";
    private string _seenRenewal = "";
    private long _seenAt;

    /// <inheritdoc/>
    public async Task RunAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await TryHoldAsync(cancellationToken))
                {
                    LogLeads(options.Identity, name);
                    await LeadAsync(lead, cancellationToken);
                    LogLeadsNoLonger(options.Identity, name);
                }

                await Task.Delay(Retry, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync();
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = lead(leading.Token);
        try
        {
            var renewed = time.GetTimestamp();
            while (time.GetElapsedTime(renewed) < RenewWithin && !work.IsCompleted)
            {
                await Task.Delay(Retry, time, cancellationToken);
                if (await TryHoldAsync(cancellationToken))
                {
                    renewed = time.GetTimestamp();
                }
                else if (_seenHolder != options.Identity)
                {
                    break;
                }
            }
        }
        finally
        {
            await leading.CancelAsync();
            await work;
        }
    }

    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lease = objects.Get(Leases, Namespace, name);
            if (lease is null)
            {
                await objects.CreateAsync(Leases, NewLease(), Options(), cancellationToken);
                return true;
            }

            return MayTake(lease.Tree) && await TakeAsync(lease, cancellationToken);
        }
        catch (NaruException failure)
        {
            LogCannotHold(name, failure.Message);
            return false;
        }
    }

    private bool MayTake(MapValue lease)
    {
        var holder = lease.Text("spec", "holderIdentity") ?? "";
        var renewal = lease.Text("spec", "renewTime") ?? "";
        if (holder != _seenHolder || renewal != _seenRenewal)
        {
            // The other's clock may be wrong: what counts is for how long we have seen no renewal.
            (_seenHolder, _seenRenewal, _seenAt) = (holder, renewal, time.GetTimestamp());
        }

        return holder.Length == 0 || holder == options.Identity || time.GetElapsedTime(_seenAt) > Duration;
    }

    private async Task<bool> TakeAsync(StoredObject lease, CancellationToken cancellationToken)
    {
        var tree = lease.Tree.CloneMap();
        var spec = tree.MakeMap("spec");
        var now = KubernetesTime.FormatMicro(time.GetUtcNow());
        if (spec.Text("holderIdentity") != options.Identity)
        {
            spec["leaseTransitions"] = (spec.Integer("leaseTransitions") ?? 0) + 1;
            spec["acquireTime"] = now;
        }

        spec["holderIdentity"] = options.Identity;
        spec["leaseDurationSeconds"] = (long)Duration.TotalSeconds;
        spec["renewTime"] = now;
        await objects.UpdateAsync(Leases, tree, Options(), cancellationToken);
        (_seenHolder, _seenRenewal, _seenAt) = (options.Identity, now, time.GetTimestamp());
        return true;
    }

    private async Task ReleaseAsync()
    {
        try
        {
            // A short word of farewell: the next leader need not wait for the lease to run out.
            if (objects.Get(Leases, Namespace, name) is { } lease && lease.Tree.Text("spec", "holderIdentity") == options.Identity)
            {
                var tree = lease.Tree.CloneMap();
                tree.MakeMap("spec")["holderIdentity"] = "";
                await objects.UpdateAsync(Leases, tree, Options(), CancellationToken.None);
            }
        }
        catch (NaruException failure)
        {
            LogCannotHold(name, failure.Message);
        }
    }

    private MapValue NewLease()
    {
        var now = KubernetesTime.FormatMicro(time.GetUtcNow());
        return new MapValue
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new MapValue { ["name"] = name, ["namespace"] = Namespace },
            ["spec"] = new MapValue
            {
                ["holderIdentity"] = options.Identity,
                ["leaseDurationSeconds"] = (long)Duration.TotalSeconds,
                ["acquireTime"] = now,
                ["renewTime"] = now,
                ["leaseTransitions"] = 0,
            },
        };
    }

    private WriteOptions Options() => new() { FieldManager = name };

    [LoggerMessage(12030, LogLevel.Information, "{Identity} leads {Name}")]
    private partial void LogLeads(string identity, string name);

    [LoggerMessage(12031, LogLevel.Warning, "{Identity} leads {Name} no longer")]
    private partial void LogLeadsNoLonger(string identity, string name);

    [LoggerMessage(12032, LogLevel.Debug, "lease {Name} cannot be held: {Reason}")]
    private partial void LogCannotHold(string name, string reason);
}

using System.Net;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>Keeps the IPAddress objects true: one for each address of a service, none for addresses that nobody has. Looks at all of them now and then, for what no change tells.</summary>
internal sealed class ServiceAddressController(ControllerObjects objects, ServiceAllocations allocations, ServiceRanges ranges, AddressObjects addresses, EventRecorder events, ControllersOptions options, TimeProvider time)
    : IController
{
    private const string Released = "released";
    private const string Component = "ipallocator-repair-controller";
    private static readonly ObjectKey All = new("", "all");
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Name => "ipallocator_repair";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Services, Changed),
        new(UpkeepResources.IPAddresses, static (old, now, keys) => keys.Add(new("", (now ?? old)!.Name))),
        new(UpkeepResources.Namespaces, (old, now, keys) =>
        {
            if (old is null && now!.Name == "default")
            {
                keys.AddAfter(All, options.RepairPeriod);
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (key == All)
        {
            await RepairAsync(cancellationToken);
            return Requeue.In(options.RepairPeriod);
        }

        return await LookAsync(key.Name, key.Namespace == Released, cancellationToken);
    }

    private static void Changed(StoredObject? old, StoredObject? now, IKeys keys)
    {
        List<string> before = old is null ? [] : ServiceFacts.AddressesOf(old.Tree);
        List<string> after = now is null ? [] : ServiceFacts.AddressesOf(now.Tree);
        foreach (var address in before.Except(after))
        {
            keys.Add(new(Released, address));
        }

        foreach (var address in after.Except(before))
        {
            keys.Add(new("", address));
        }
    }

    private async Task<Requeue> LookAsync(string address, bool released, CancellationToken cancellationToken)
    {
        var standing = objects.Get(UpkeepResources.IPAddresses, "", address);
        if (standing is null)
        {
            if (allocations.HolderOf(address) is { } holder && IPAddress.TryParse(address, out _))
            {
                await addresses.TryMakeAsync(address, holder, cancellationToken);
            }

            return Requeue.No;
        }

        if (standing.Tree.Text("metadata", "labels", "ipaddress.kubernetes.io/managed-by") != "ipallocator.k8s.io" || addresses.ServiceOf(standing) is not null)
        {
            return Requeue.No;
        }

        // It is made before its service: one whose service is under way is left alone for a while.
        var age = time.GetUtcNow() - (standing.Tree.Time("metadata", "creationTimestamp") ?? time.GetUtcNow());
        if (allocations.IsPending(address) || (!released && age < Grace))
        {
            return Requeue.In(Grace - age < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : Grace - age);
        }

        await addresses.DeleteAsync(standing, cancellationToken);
        return Requeue.No;
    }

    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        var holders = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var service in objects.List(UpkeepResources.Services))
        {
            foreach (var key in ServiceFacts.HoldingsOf(service.Tree))
            {
                Judge(service, key, holders.TryAdd(key, service) ? null : holders[key]);
            }

            foreach (var address in ServiceFacts.AddressesOf(service.Tree))
            {
                await LookAsync(address, released: false, cancellationToken);
            }
        }

        foreach (var address in objects.List(UpkeepResources.IPAddresses))
        {
            await LookAsync(address.Name, released: false, cancellationToken);
        }
    }

    private void Judge(StoredObject service, string key, StoredObject? other)
    {
        var isAddress = IPAddress.TryParse(key, out var address);
        if (other is not null)
        {
            var (reason, what) = isAddress ? ("ClusterIPAlreadyAllocated", $"Cluster IP [{FamilyOf(address!)}]: {key} was assigned to multiple services; please recreate service") : ("PortAlreadyAllocated", $"{key} was assigned to multiple services; please recreate service");
            events.Record(service, isWarning: true, reason, what, Component);
        }
        else if (isAddress && !ranges.Contains(address!))
        {
            events.Record(service, isWarning: true, "ClusterIPOutOfRange", $"Cluster IP [{FamilyOf(address!)}]: {key} is not within any configured Service CIDR; please recreate service", Component);
        }
    }

    private static string FamilyOf(IPAddress address) => AddressRange.FamilyOf(address);
}

using System.Net;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>Makes the ServiceCIDR of the options, <c>kubernetes</c>, says of each that it is ready, and holds those up that are being deleted while services have addresses of them.</summary>
internal sealed class ServiceRangeController(ControllerObjects objects, ServiceRanges ranges, TimeProvider time) : IController
{
    private const string Default = "kubernetes";
    private const string Finalizer = "networking.k8s.io/service-cidr-finalizer";
    private static readonly WriteOptions Write = new() { FieldManager = "service-cidr-controller" };
    private static readonly WriteOptions Status = Write with { Subresource = "status" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => "servicecidr";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(UpkeepResources.ServiceCidrs),
        new(UpkeepResources.Namespaces, static (old, now, keys) =>
        {
            if (old is null && now!.Name == "default")
            {
                keys.Add(new("", Default));
            }
        }),
        new(UpkeepResources.IPAddresses, (_, now, keys) =>
        {
            if (now is null)
            {
                foreach (var ending in objects.List(UpkeepResources.ServiceCidrs).Where(static one => one.IsEnding))
                {
                    keys.Add(ObjectKey.Of(ending));
                }
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.ServiceCidrs, "", key.Name) is not { } one)
        {
            if (key.Name == Default)
            {
                var body = UpkeepResources.Body("networking.k8s.io/v1", "ServiceCIDR", "", Default);
                body["spec"] = new MapValue { ["cidrs"] = ServiceFamilies.ListOf(ranges.Own.Select(static range => range.Network.ToString())) };
                await objects.CreateAsync(UpkeepResources.ServiceCidrs, body, Write, cancellationToken);
            }

            return Requeue.No;
        }

        if (one.IsEnding)
        {
            return await EndAsync(one, cancellationToken);
        }

        await WidenAsync(one, cancellationToken);
        if (one.Tree.List("metadata", "finalizers")?.Texts().Contains(Finalizer) != true)
        {
            await objects.ChangeAsync(UpkeepResources.ServiceCidrs, "", one.Name, static tree => Hold(tree), Write, cancellationToken);
        }

        await SayAsync(one, true, "", "Kubernetes Service CIDR is ready", cancellationToken);
        return Requeue.No;
    }

    // The options have a second family since the range was made.
    private async Task WidenAsync(StoredObject one, CancellationToken cancellationToken)
    {
        var own = ranges.Own.Select(static range => range.Network.ToString()).ToList();
        if (one.Name == Default && own.Count == 2 && one.Tree.List("spec", "cidrs")?.Texts().SequenceEqual(own.Take(1)) == true)
        {
            await objects.ChangeAsync(UpkeepResources.ServiceCidrs, "", one.Name, tree =>
            {
                tree.MakeMap("spec")["cidrs"] = ServiceFamilies.ListOf(own);
                return true;
            }, Write, cancellationToken);
        }
    }

    private async Task<Requeue> EndAsync(StoredObject one, CancellationToken cancellationToken)
    {
        if (IsNeeded(one))
        {
            await SayAsync(one, false, "Terminating", "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR", cancellationToken);
            return Requeue.In(Pause);
        }

        if (one.Tree.List("metadata", "finalizers")?.Texts().Contains(Finalizer) == true)
        {
            await objects.ChangeAsync(UpkeepResources.ServiceCidrs, "", one.Name, static tree => Release(tree), Write, cancellationToken);
        }

        return Requeue.No;
    }

    private bool IsNeeded(StoredObject one)
    {
        var own = (one.Tree.List("spec", "cidrs")?.Texts() ?? []).Select(static text => AddressRange.TryParse(text, out var range) ? range : null).OfType<AddressRange>().ToList();
        return objects.List(UpkeepResources.IPAddresses).Any(held => IPAddress.TryParse(held.Name, out var address) && own.Exists(range => range.Contains(address)) && !ranges.Contains(address));
    }

    private async Task SayAsync(StoredObject one, bool ready, string reason, string message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var wanted = one.Tree.Map("status")?.CloneMap() ?? new MapValue();
        StatusConditions.Set(wanted, "Ready", ready, reason, message, now);
        if (!wanted.DeepEquals(one.Tree["status"]))
        {
            await objects.ChangeAsync(UpkeepResources.ServiceCidrs, "", one.Name, tree =>
            {
                StatusConditions.Set(tree.MakeMap("status"), "Ready", ready, reason, message, now);
                return true;
            }, Status, cancellationToken);
        }
    }

    private static bool Hold(MapValue tree)
    {
        var finalizers = tree.MakeMap("metadata").MakeList("finalizers");
        if (finalizers.Texts().Contains(Finalizer))
        {
            return false;
        }

        finalizers.Add(Finalizer);
        return true;
    }

    private static bool Release(MapValue tree) => Collection.Owning.TakeFinalizer(tree, Finalizer);
}

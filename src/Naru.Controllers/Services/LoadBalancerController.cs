using System.Net;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>
/// Gives services of type LoadBalancer addresses of the pool and writes them into their status; those of another class are somebody else's. Who leads there is the node's agent.
/// </summary>
internal sealed class LoadBalancerController(ControllerObjects objects, EventRecorder events, ControllersOptions options) : IController
{
    private const string Component = "service-controller";
    private static readonly WriteOptions Status = new() { Subresource = "status", FieldManager = Component };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly BalancerPool _pool = new(options.LoadBalancerRanges);

    // What was written and may not be in the cache yet. One worker: no lock.
    private readonly Dictionary<IPAddress, ObjectKey> _given = [];

    /// <inheritdoc/>
    public string Name => "service_lb";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Services, static (old, now, keys) =>
        {
            if ((now is not null && (IsBalanced(now.Tree) || AddressesOf(now.Tree).Count > 0)) || (old is not null && IsBalanced(old.Tree)))
            {
                keys.Add(ObjectKey.Of((now ?? old)!));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var service = objects.Get(UpkeepResources.Services, key.Namespace, key.Name);
        if (service is null || service.IsEnding || !IsBalanced(service.Tree))
        {
            Release(key);
            if (service is not null && !_pool.IsEmpty && ServiceFacts.TypeOf(service.Tree) != "LoadBalancer" && AddressesOf(service.Tree).Count > 0)
            {
                await WriteAsync(key, [], cancellationToken);
            }

            return Requeue.No;
        }

        if (_pool.IsEmpty)
        {
            return Requeue.No;
        }

        var standing = AddressesOf(service.Tree);
        var wanted = Choose(key, service, standing);
        if (wanted is null)
        {
            events.Record(service, isWarning: true, "SyncLoadBalancerFailed", "Error syncing load balancer: failed to ensure load balancer: no address is free", Component);
            return Requeue.In(Pause);
        }

        Release(key);
        wanted.ForEach(address => _given[address] = key);
        if (!wanted.SequenceEqual(standing))
        {
            await WriteAsync(key, wanted, cancellationToken);
            events.Record(service, isWarning: false, "EnsuredLoadBalancer", "Ensured load balancer", Component);
        }

        return Requeue.No;
    }

    /// <summary>Addresses for the service's families: those it has where they are good, the one it asks for, else free ones. Null: none is free.</summary>
    private List<IPAddress>? Choose(ObjectKey key, StoredObject service, List<IPAddress> standing)
    {
        var taken = objects.List(UpkeepResources.Services).Where(other => ObjectKey.Of(other) != key && IsBalanced(other.Tree)).SelectMany(static other => AddressesOf(other.Tree)).ToHashSet();
        bool IsFree(IPAddress address) => !taken.Contains(address) && (!_given.TryGetValue(address, out var owner) || owner == key);
        var asked = IPAddress.TryParse(service.Tree.Text("spec", "loadBalancerIP"), out var one) ? one : null;
        var chosen = new List<IPAddress>();
        foreach (var family in service.Tree.List("spec", "ipFamilies")?.Texts().ToList() ?? ["IPv4"])
        {
            var own = asked is not null && AddressRange.FamilyOf(asked) == family ? asked : null;
            var kept = standing.Find(address => AddressRange.FamilyOf(address) == family && _pool.Contains(address) && IsFree(address));
            var address = own is not null ? (_pool.Contains(own) && IsFree(own) ? own : null) : kept ?? _pool.Choose(family, IsFree);
            if (address is not null)
            {
                chosen.Add(address);
            }
        }

        return chosen.Count == 0 ? null : chosen;
    }

    private void Release(ObjectKey key)
    {
        foreach (var address in _given.Where(row => row.Value == key).Select(static row => row.Key).ToList())
        {
            _given.Remove(address);
        }
    }

    private Task<StoredObject> WriteAsync(ObjectKey key, List<IPAddress> addresses, CancellationToken cancellationToken) => objects.ChangeAsync(UpkeepResources.Services, key.Namespace, key.Name, tree =>
    {
        tree.MakeMap("status")["loadBalancer"] = addresses.Count == 0
            ? new MapValue()
            : new MapValue { ["ingress"] = new ListValue(addresses.Select(static address => new MapValue { ["ip"] = address.ToString(), ["ipMode"] = "VIP" })) };
        return true;
    }, Status, cancellationToken);

    private static bool IsBalanced(MapValue service) => ServiceFacts.TypeOf(service) == "LoadBalancer" && service.Text("spec", "loadBalancerClass") is null;

    private static List<IPAddress> AddressesOf(MapValue service) =>
        [.. service.Maps("status", "loadBalancer", "ingress").Select(static one => IPAddress.TryParse(one.Text("ip"), out var address) ? address : null).OfType<IPAddress>()];
}

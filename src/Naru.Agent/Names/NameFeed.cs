using System.Net;
using Microsoft.Extensions.Logging;
using Naru.Agent.Mirrors;
using Naru.Core.Names;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Names;

/// <summary>Says which names the cluster has: follows services, their endpoints, pods and namespaces.</summary>
internal sealed class NameFeed(IObjects objects, IClusterNames names, AgentOptions options, TimeProvider time, ILogger<NameFeed> logger)
{
    internal const string ServiceNameLabel = "kubernetes.io/service-name";
    private static readonly GroupResource Slices = new("discovery.k8s.io", "endpointslices");
    private static readonly GroupResource Namespaces = new("", "namespaces");
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Name), MapValue> _services = [];
    private readonly Dictionary<(string Namespace, string Service), Dictionary<string, MapValue>> _slices = [];
    private int _missing = 4;

    /// <summary>Runs until it is told to end.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync(AgentResources.Services, TakeService, cancellationToken),
        FollowAsync(Slices, TakeSlice, cancellationToken),
        FollowAsync(AgentResources.Pods, TakePod, cancellationToken),
        FollowAsync(Namespaces, TakeNamespace, cancellationToken));

    private Task FollowAsync(GroupResource resource, Action<StoredObject?, StoredObject?> take, CancellationToken cancellationToken)
    {
        var isFirst = true;
        return new ObjectMirror(objects, resource, time, logger).RunAsync(take, () =>
        {
            if (isFirst && Interlocked.Decrement(ref _missing) == 0)
            {
                names.Open();
            }

            isFirst = false;
        }, cancellationToken);
    }

    private void TakeService(StoredObject? before, StoredObject? after)
    {
        var one = (after ?? before)!;
        var key = (one.Namespace, one.Name);
        lock (_lock)
        {
            if (after is null)
            {
                _services.Remove(key);
            }
            else
            {
                _services[key] = after.Tree;
            }

            Say(key);
        }
    }

    private void TakeSlice(StoredObject? before, StoredObject? after)
    {
        lock (_lock)
        {
            // A slice may be given to another service.
            foreach (var (slice, isThere) in new[] { (before, false), (after, true) })
            {
                if (slice?.Tree.Text("metadata", "labels", ServiceNameLabel) is not { } service)
                {
                    continue;
                }

                var key = (slice.Namespace, service);
                if (!_slices.TryGetValue(key, out var parts))
                {
                    _slices[key] = parts = new Dictionary<string, MapValue>(StringComparer.Ordinal);
                }

                if (isThere)
                {
                    parts[slice.Name] = slice.Tree;
                }
                else if (parts.Remove(slice.Name) && parts.Count == 0)
                {
                    _slices.Remove(key);
                }

                if (isThere || after?.Tree.Text("metadata", "labels", ServiceNameLabel) != service)
                {
                    Say(key);
                }
            }
        }
    }

    private void Say((string Namespace, string Name) key) => names.Set(
        $"service/{key.Namespace}/{key.Name}",
        _services.TryGetValue(key, out var service) ? ServiceRecords.Of(service, _slices.GetValueOrDefault(key)?.Values ?? Enumerable.Empty<MapValue>(), options.ClusterDomain) : []);

    private void TakePod(StoredObject? before, StoredObject? after)
    {
        var one = (after ?? before)!;
        var records = AddressesOf(after);
        if (before is null || !records.SequenceEqual(AddressesOf(before)) || after is null)
        {
            names.Set($"pod/{one.Namespace}/{one.Name}", [.. records.Select(address => new AddressRecord($"{ServiceRecords.Dashed(address)}.{one.Namespace}.pod.{options.ClusterDomain}", address))]);
        }
    }

    private static List<IPAddress> AddressesOf(StoredObject? pod) => pod is null || pod.Tree.Text("status", "phase") is "Succeeded" or "Failed"
        ? []
        : [.. pod.Tree.Maps("status", "podIPs").Select(static one => IPAddress.TryParse(one.Text("ip"), out var address) ? address : null).OfType<IPAddress>()];

    private void TakeNamespace(StoredObject? before, StoredObject? after)
    {
        var name = (after ?? before)!.Name;
        names.Set($"namespace/{name}", after is null ? [] : [new PlaceRecord($"{name}.svc.{options.ClusterDomain}"), new PlaceRecord($"{name}.pod.{options.ClusterDomain}")]);
    }
}

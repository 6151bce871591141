using System.Net;
using Microsoft.Extensions.Logging;
using Naru.Agent.Mirrors;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Networks;
using Naru.Core.Policies;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Policies;

/// <summary>
/// Says who may talk to this node's pods: follows policies, pods and namespaces. The addresses of this node's own pods come from the engine: a pod's are judged before anything of it runs.
/// </summary>
internal sealed partial class PolicyFeed(
    IObjects objects, INetworkPolicies policies, INetworks networks, IContainers containers, IEvents engine, NodeIdentity identity, TimeProvider time, ILogger<PolicyFeed> logger) : IDisposable
{
    private static readonly GroupResource Policies = new("networking.k8s.io", "networkpolicies");
    private static readonly GroupResource Namespaces = new("", "namespaces");
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Lock _waking = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Dictionary<(string, string), MapValue> _policies = [], _pods = [];
    private readonly Dictionary<string, MapValue?> _namespaces = new(StringComparer.Ordinal);
    private int _missing = 3;

    /// <summary>Runs until it is told to end. The rules stay.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync(Policies, (before, after) => Take(_policies, before, after), cancellationToken),
        FollowAsync(AgentResources.Pods, TakePod, cancellationToken),
        FollowAsync(Namespaces, TakeNamespace, cancellationToken),
        FollowEngineAsync(cancellationToken),
        ApplyAsync(cancellationToken));

    public void Dispose() => _changed.Dispose();

    private Task FollowAsync(GroupResource resource, Action<StoredObject?, StoredObject?> take, CancellationToken cancellationToken)
    {
        var isFirst = true;
        return new ObjectMirror(objects, resource, time, logger).RunAsync(take, () =>
        {
            if (isFirst)
            {
                Interlocked.Decrement(ref _missing);
            }

            isFirst = false;
            Wake();
        }, cancellationToken);
    }

    private void Take(Dictionary<(string, string), MapValue> items, StoredObject? before, StoredObject? after)
    {
        var one = (after ?? before)!;
        lock (_lock)
        {
            if (after is null)
            {
                items.Remove((one.Namespace, one.Name));
            }
            else
            {
                items[(one.Namespace, one.Name)] = after.Tree;
            }
        }

        Wake();
    }

    // Most changes of pods are of conditions and times that no policy asks about.
    private void TakePod(StoredObject? before, StoredObject? after)
    {
        if (before is null || after is null || before.Uid != after.Uid || Judged(before.Tree) != Judged(after.Tree))
        {
            Take(_pods, before, after);
        }
    }

    private static string Judged(MapValue pod) => string.Join('\n',
        [
            .. (pod.Map("metadata", "labels") ?? []).Select(static one => $"{one.Key}={(one.Value as TextValue)?.Text}"),
            pod.Text("spec", "nodeName"),
            pod.Text("status", "phase") is "Succeeded" or "Failed" ? "ended" : "",
            .. pod.Maps("status", "podIPs").Select(static one => one.Text("ip")),
        ]);

    private void TakeNamespace(StoredObject? before, StoredObject? after)
    {
        lock (_lock)
        {
            if (after is null)
            {
                _namespaces.Remove(before!.Name);
            }
            else
            {
                _namespaces[after.Name] = after.Tree.Map("metadata", "labels");
            }
        }

        Wake();
    }

    private async Task FollowEngineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var happened in engine.Read(null, null, cancellationToken))
                {
                    if (happened is { Type: "network", Action: "connect" or "disconnect" } && happened.Attributes.GetValueOrDefault("name") == PodNetwork.Name)
                    {
                        Wake();
                    }
                }
            }
            catch (NaruException)
            {
                // Too slow for a moment: what was missed is looked at now.
                Wake();
            }
        }
    }

    private void Wake()
    {
        lock (_waking)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.WaitAsync(cancellationToken);
            if (Volatile.Read(ref _missing) > 0)
            {
                // Half a picture would open or close what it must not.
                continue;
            }

            try
            {
                await policies.ApplyAsync(See(), cancellationToken);
            }
            catch (NaruException failure)
            {
                LogNotApplied(failure.Message);
                await Task.Delay(Retry, time, cancellationToken);
                Wake();
            }
        }
    }

    private TrafficPolicies See()
    {
        lock (_lock)
        {
            if (_policies.Count == 0)
            {
                return TrafficPolicies.None;
            }

            var own = OwnAddresses();
            var pods = _pods.Values.Select(pod => Read(pod, own)).OfType<PolicyPod>().ToList();
            return new PolicyCompiler(pods, _namespaces).Compile(_policies.OrderBy(static one => one.Key).Select(static one => one.Value));
        }
    }

    private PolicyPod? Read(MapValue pod, Dictionary<string, List<IPAddress>> own)
    {
        var isLocal = pod.Text("spec", "nodeName") == identity.Name;
        return PolicyPod.Read(pod, isLocal, isLocal ? own.GetValueOrDefault(pod.Text("metadata", "uid") ?? "") ?? [] : null);
    }

    private Dictionary<string, List<IPAddress>> OwnAddresses()
    {
        var found = new Dictionary<string, List<IPAddress>>(StringComparer.Ordinal);
        if (networks.Find(PodNetwork.Name) is not { } network)
        {
            return found;
        }

        foreach (var (container, endpoint) in network.Endpoints)
        {
            if (containers.Find(container.Value)?.Spec.Labels.GetValueOrDefault(PodNames.PodUid) is not { } uid)
            {
                continue;
            }

            if (!found.TryGetValue(uid, out var addresses))
            {
                found[uid] = addresses = [];
            }

            addresses.AddRange(new[] { endpoint.IPv4Address, endpoint.IPv6Address }.Where(static text => text.Length > 0).Select(IPAddress.Parse));
        }

        return found;
    }

    [LoggerMessage(17820, LogLevel.Error, "Network policies do not hold as they should: {Problem}")]
    private partial void LogNotApplied(string problem);
}

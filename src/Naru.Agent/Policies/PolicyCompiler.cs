using System.Collections.Immutable;
using System.Net;
using Naru.Core.Policies;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Agent.Policies;

/// <summary>Turns the cluster's network policies into what they mean for the pods of this node. Pure.</summary>
/// <param name="pods">All pods of the cluster that policies are about.</param>
/// <param name="namespaces">Labels of all namespaces.</param>
internal sealed class PolicyCompiler(IReadOnlyList<PolicyPod> pods, IReadOnlyDictionary<string, MapValue?> namespaces)
{
    private readonly ILookup<string, PolicyPod> _byNamespace = pods.ToLookup(static pod => pod.Namespace, StringComparer.Ordinal);

    public TrafficPolicies Compile(IEnumerable<MapValue> policies)
    {
        var compiled = ImmutableSortedDictionary.CreateBuilder<string, TrafficPolicy>(StringComparer.Ordinal);
        var places = new Dictionary<IPAddress, (List<string>? Ingress, List<string>? Egress)>();
        foreach (var policy in policies)
        {
            var home = policy.Text("metadata", "namespace") ?? "";
            var name = $"{home}/{policy.Text("metadata", "name")}";
            var spec = policy.Map("spec") ?? [];
            var selected = _byNamespace[home].Where(Matching(spec.Map("podSelector") ?? [])).ToList();
            var (ingress, egress) = Directions(spec);
            if (!selected.Exists(static pod => pod is { IsLocal: true, Addresses.Count: > 0 }))
            {
                continue;
            }

            compiled[name] = new TrafficPolicy(
                ingress ? [.. spec.Maps("ingress").Select(rule => Rule(rule, "from", home, selected))] : [],
                egress ? [.. spec.Maps("egress").Select(rule => Rule(rule, "to", home, null))] : []);
            foreach (var address in selected.Where(static pod => pod.IsLocal).SelectMany(static pod => pod.Addresses))
            {
                var (into, outOf) = places.GetValueOrDefault(address);
                places[address] = (ingress ? [.. into ?? [], name] : into, egress ? [.. outOf ?? [], name] : outOf);
            }
        }

        return new TrafficPolicies
        {
            Policies = compiled.ToImmutable(),
            Places = [.. places.Select(static place => new IsolatedPlace(place.Key, place.Value.Ingress?.ToImmutableArray(), place.Value.Egress?.ToImmutableArray()))],
        };
    }

    // Without types a policy is about what comes in, and about what goes out only if it says something of it.
    private static (bool Ingress, bool Egress) Directions(MapValue spec)
    {
        var types = spec.List("policyTypes")?.Texts().ToList() ?? [];
        return types.Count == 0 ? (true, spec.Maps("egress").Any()) : (types.Contains("Ingress"), types.Contains("Egress"));
    }

    private TrafficRule Rule(MapValue rule, string peersField, string home, List<PolicyPod>? selected)
    {
        var peers = rule.Maps(peersField).ToList();
        var chosen = peers.Where(static peer => peer.Map("ipBlock") is null).ToList();
        var blocks = peers.Select(static peer => peer.Map("ipBlock")).OfType<MapValue>().Select(static block => (block.Text("cidr") ?? "", (IReadOnlyList<string>)[.. block.List("except")?.Texts() ?? []])).ToList();
        IReadOnlyList<PolicyPod> who = [.. chosen.SelectMany(peer => PodsOf(peer, home)).Distinct()];
        var ports = rule.Maps("ports").ToList();
        var named = ports.Where(static port => port.Text("port") is { Length: > 0 }).ToList();

        // A name means the port of that name of whoever is talked to: the pods of the policy, or the peers, which may be any pods where not only pods are chosen.
        var talkedTo = selected ?? (peers.Count > 0 && blocks.Count == 0 ? who : pods);
        return new TrafficRule
        {
            AnyPeer = peers.Count == 0,
            Peers = chosen.Count == 0 ? null : [.. who.SelectMany(static pod => pod.Addresses)],
            Ranges = [.. AddressBlocks.Of(blocks)],
            AnyPort = ports.Count == 0,
            Ports = [.. ports.Where(static port => port.Text("port") is null or "").Select(RangeOf)],
            PlacePorts = named.Count == 0 ? null : [.. named.SelectMany(port => PlacesOf(port, talkedTo))],
        };
    }

    private static PortRange RangeOf(MapValue port)
    {
        var protocol = Protocol(port);
        return port.Integer("port") is { } first ? new PortRange(protocol, (ushort)first, (ushort)(port.Integer("endPort") ?? first)) : new PortRange(protocol, 0, ushort.MaxValue);
    }

    private static IEnumerable<PlacePort> PlacesOf(MapValue port, IEnumerable<PolicyPod> pods)
    {
        var (name, protocol) = (port.Text("port")!, Protocol(port));
        return from pod in pods
               from known in pod.Ports
               where known.Name == name && known.Protocol == protocol
               from address in pod.Addresses
               select new PlacePort(address, protocol, known.Number);
    }

    private IEnumerable<PolicyPod> PodsOf(MapValue peer, string home)
    {
        var matches = Matching(peer.Map("podSelector") ?? []);
        if (peer.Map("namespaceSelector") is not { } body)
        {
            return _byNamespace[home].Where(matches);
        }

        var selector = LabelSelector.FromBody(body);
        return namespaces.Where(one => selector.Matches(one.Value)).SelectMany(one => _byNamespace[one.Key]).Where(matches);
    }

    private static Func<PolicyPod, bool> Matching(MapValue body)
    {
        var selector = LabelSelector.FromBody(body);
        return pod => selector.Matches(pod.Labels);
    }

    private static string Protocol(MapValue port) => (port.Text("protocol") ?? "TCP").ToLowerInvariant();
}

using System.Net;
using System.Text;
using Naru.Agent.Policies;
using Naru.Core.Policies;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Policies;

/// <summary>
/// A small cluster with random policies, and an oracle that says of each packet whether it may pass, from the policies as they were drawn and not as they were written down.
/// </summary>
internal sealed class PolicyWorld
{
    private static readonly string[] Spaces = ["a", "b"], Values = ["x", "y"];
    private static readonly (string Cidr, string? Except)[] Blocks = [("10.1.0.0/24", null), ("10.1.0.0/24", "10.1.0.0/30"), ("0.0.0.0/0", "10.1.0.8/29"), ("192.0.2.0/24", "192.0.2.128/25")];
    private readonly Random _random;
    private readonly List<Policy> _policies = [];

    public PolicyWorld(int seed)
    {
        _random = new Random(seed);
        for (var number = 1; number <= 6; number++)
        {
            Pods.Add(new Pod(One(Spaces), One(Values), IPAddress.Parse($"10.1.0.{number * 2}"), 8000 + _random.Next(2)));
        }

        for (var count = _random.Next(4); count > 0; count--)
        {
            _policies.Add(new Policy(One(Spaces), Maybe(Values), _random.Next(3) > 0, _random.Next(2) > 0, Rules(), Rules()));
        }
    }

    public List<Pod> Pods { get; } = [];

    public IEnumerable<IPAddress> Addresses => Pods.Select(static pod => pod.Address).Concat([IPAddress.Parse("192.0.2.5"), IPAddress.Parse("192.0.2.200"), IPAddress.Parse("10.1.0.1")]);

    public TrafficPolicies Compile() => new PolicyCompiler(
        [.. Pods.Select(static pod => new PolicyPod(pod.Space, Tree($$"""{"v":"{{pod.Value}}"}"""), [pod.Address], true, [new PolicyPort("web", "tcp", (ushort)pod.WebPort)]))],
        Spaces.ToDictionary(static one => one, static MapValue? (one) => Tree($$"""{"name":"{{one}}"}"""))).Compile(_policies.Select(static (policy, index) => policy.Write(index)));

    public bool Allows(IPAddress from, IPAddress to, string protocol, int port)
    {
        var (source, target) = (PodAt(from), PodAt(to));
        return from.Equals(to)
            || (Fits(source, static one => one.Egress, static one => one.Outgoing, from, to, to, protocol, port) && Fits(target, static one => one.Ingress, static one => one.Incoming, to, from, to, protocol, port));
    }

    private bool Fits(Pod? judged, Func<Policy, bool> isAbout, Func<Policy, List<Rule>> rules, IPAddress self, IPAddress peer, IPAddress to, string protocol, int port)
    {
        var about = _policies.Where(policy => judged is not null && isAbout(policy) && policy.Space == judged.Space && (policy.Value is null || policy.Value == judged.Value)).ToList();
        return about.Count == 0 || about.Exists(policy => rules(policy).Exists(rule =>
            (rule.Peers.Count == 0 || rule.Peers.Exists(one => one.Fits(policy.Space, PodAt(peer), peer)))
            && (rule.Ports.Count == 0 || rule.Ports.Exists(one => one.Fits(PodAt(to), protocol, port)))));
    }

    private Pod? PodAt(IPAddress address) => Pods.Find(pod => pod.Address.Equals(address));

    private List<Rule> Rules() => [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new Rule(
        [.. Enumerable.Range(0, _random.Next(3)).Select(_ => _random.Next(3) == 0 ? new Peer(null, null, false, Blocks[_random.Next(Blocks.Length)]) : new Peer(Maybe(Values), Maybe(Spaces), _random.Next(2) > 0, null))],
        [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new Port(One(["tcp", "udp"]), _random.Next(4) switch { 0 => null, 1 => "web", 2 => "8000", _ => "8001-9000" }))]))];

    private string One(string[] among) => among[_random.Next(among.Length)];

    private string? Maybe(string[] among) => _random.Next(2) == 0 ? null : One(among);

    private static MapValue Tree(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json));

    public sealed record Pod(string Space, string Value, IPAddress Address, int WebPort);

    private sealed record Policy(string Space, string? Value, bool Ingress, bool Egress, List<Rule> Incoming, List<Rule> Outgoing)
    {
        public MapValue Write(int index) => Tree($$"""
            {"metadata":{"namespace":"{{Space}}","name":"p{{index}}"},"spec":{"podSelector":{{Selector("v", Value)}},"policyTypes":[{{string.Join(',', new[] { Ingress ? "\"Ingress\"" : "", Egress ? "\"Egress\"" : "" }.Where(static one => one.Length > 0))}}{{(Ingress || Egress ? "" : "\"None\"")}}],
            "ingress":[{{string.Join(',', Incoming.Select(static rule => rule.Write("from")))}}],"egress":[{{string.Join(',', Outgoing.Select(static rule => rule.Write("to")))}}] } }
            """);
    }

    private sealed record Rule(List<Peer> Peers, List<Port> Ports)
    {
        public string Write(string field) => $$"""{"{{field}}":[{{string.Join(',', Peers.Select(static peer => peer.Write()))}}],"ports":[{{string.Join(',', Ports.Select(static port => port.Write()))}}]}""";
    }

    private sealed record Peer(string? Value, string? Space, bool HasSpace, (string Cidr, string? Except)? Block)
    {
        public bool Fits(string home, Pod? pod, IPAddress address) => Block is { } block
            ? IPNetwork.Parse(block.Cidr).Contains(address) && (block.Except is null || !IPNetwork.Parse(block.Except).Contains(address))
            : pod is not null && (Value is null || pod.Value == Value) && (HasSpace ? Space is null || pod.Space == Space : pod.Space == home);

        public string Write() => Block is { } block
            ? $$"""{"ipBlock":{"cidr":"{{block.Cidr}}"{{(block.Except is null ? "" : $",\"except\":[\"{block.Except}\"]")}} } }"""
            : $$"""{"podSelector":{{Selector("v", Value)}}{{(HasSpace ? $",\"namespaceSelector\":{Selector("name", Space)}" : "")}} }""";
    }

    private sealed record Port(string Protocol, string? Number)
    {
        public bool Fits(Pod? to, string protocol, int port) => protocol == Protocol && Number switch
        {
            null => true,
            "web" => to is not null && Protocol == "tcp" && port == to.WebPort,
            "8000" => port == 8000,
            _ => port is >= 8001 and <= 9000,
        };

        public string Write() => $$"""{"protocol":"{{Protocol.ToUpperInvariant()}}"{{Number switch { null => "", "web" => ",\"port\":\"web\"", "8000" => ",\"port\":8000", _ => ",\"port\":8001,\"endPort\":9000" }}}}""";
    }

    private static string Selector(string key, string? value) => value is null ? "{}" : $$"""{"matchLabels":{"{{key}}":"{{value}}"} }""";
}

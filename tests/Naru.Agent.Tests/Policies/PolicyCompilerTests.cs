using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Naru.Agent.Policies;
using Naru.Core.Policies;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Policies;

public sealed class PolicyCompilerTests
{
    [Fact]
    public void Policies_OfAnyKind_AllowWhatTheOracleAllows() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), static seed =>
    {
        var world = new PolicyWorld(seed);
        var picture = world.Compile();
        return (from source in world.Addresses
                from target in world.Addresses
                from protocol in new[] { "tcp", "udp", "sctp" }
                from port in new[] { 53, 8000, 8001 }
                select PictureReader.Allows(picture, source, target, protocol, port) == world.Allows(source, target, protocol, port)).All(static agrees => agrees);
    }));

    [Fact]
    public void World_OfManySeeds_BothAllowsAndForbids()
    {
        var verdicts = Enumerable.Range(0, 50).SelectMany(static seed => new PolicyWorld(seed) is var world ? world.Addresses.SelectMany(source => world.Addresses.Select(target => world.Allows(source, target, "tcp", 8000))) : []).ToList();
        Assert.InRange(verdicts.Count(static one => one) / (double)verdicts.Count, 0.1, 0.9);
    }

    [Theory]
    [InlineData("""{"podSelector":{}}""", true, false)]
    [InlineData("""{"podSelector":{},"egress":[{}]}""", true, true)]
    [InlineData("""{"podSelector":{},"policyTypes":["Egress"]}""", false, true)]
    [InlineData("""{"podSelector":{},"policyTypes":["Ingress","Egress"]}""", true, true)]
    public void Types_NotNamed_FollowFromTheRules(string spec, bool ingress, bool egress)
    {
        var place = Assert.Single(Compile(spec, [Pod("10.1.0.2")]).Places);
        Assert.Equal((ingress, egress), (place.Ingress is not null, place.Egress is not null));
    }

    [Fact]
    public void Blocks_WithExceptions_AreRanges()
    {
        var rule = Compile("""{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/24","except":["10.0.0.0/30","10.0.0.128/25"]} },{"ipBlock":{"cidr":"10.0.0.128/26"} },{"ipBlock":{"cidr":"::/0","except":["2001:db8::/32"]} }]}]}""", [Pod("10.1.0.2")]).Policies.Values.Single().Ingress.Single();
        Assert.Equal(
            ["10.0.0.4-10.0.0.191", "::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
            rule.Ranges.Select(static range => $"{range.First}-{range.Last}"));
        Assert.Equal("0.0.0.0-255.255.255.255", string.Join(' ', AddressBlocks.Of([("0.0.0.0/0", [])]).Select(static range => $"{range.First}-{range.Last}")));
    }

    [Fact]
    public void Pods_OfOtherNodesOrOfTheHostsNetwork_AreNotIsolated()
    {
        Assert.Empty(Compile("""{"podSelector":{}}""", [Pod("10.1.0.2") with { IsLocal = false }]).Places);
        Assert.Null(PolicyPod.Read(Tree("""{"metadata":{"namespace":"a"},"spec":{"hostNetwork":true},"status":{"podIPs":[{"ip":"192.0.2.1"}]} }"""), true, null));
        Assert.Null(PolicyPod.Read(Tree("""{"metadata":{"namespace":"a"},"spec":{},"status":{"phase":"Succeeded","podIPs":[{"ip":"10.1.0.9"}]} }"""), false, null));
        Assert.Equal("10.1.0.9", PolicyPod.Read(Tree("""{"metadata":{"namespace":"a"},"spec":{},"status":{"podIPs":[{"ip":"10.1.0.9"}]} }"""), false, null)!.Addresses.Single().ToString());
    }

    private static TrafficPolicies Compile(string spec, IReadOnlyList<PolicyPod> pods) =>
        new PolicyCompiler(pods, new Dictionary<string, MapValue?> { ["a"] = null }).Compile([Tree($$$"""{"metadata":{"namespace":"a","name":"p"},"spec":{{{spec}}} }""")]);

    private static PolicyPod Pod(string address) => new("a", null, [IPAddress.Parse(address)], true, []);

    private static MapValue Tree(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json));
}

using System.Net;
using Naru.Core.Names;
using Naru.Traffic.Names;
using Naru.Traffic.Names.Cluster;

namespace Naru.Traffic.Tests.Names;

public sealed class ClusterZoneTests
{
    private const ushort A = 1, Ns = 2, Cname = 5, Soa = 6, Ptr = 12, Txt = 16, Aaaa = 28, Srv = 33, Any = 255;
    private const string Web = "web.shop.svc.cluster.local";
    private readonly ClusterZone _zone = new(new ClusterNameOptions { Network = "pods", Address = "10.96.0.10", Ranges = ["10.96.0.0/12", "fd00::/64"] });

    [Fact]
    public void Name_Known_IsAnsweredWithItsAddresses()
    {
        _zone.Set("web", [Address(Web, "10.96.1.2"), Address(Web, "fd00::2")]);
        var answer = Ask("WEB.shop.svc.Cluster.Local", A);
        Assert.Equal((0, true), (answer.Code, answer.IsAuthoritative));
        Assert.Equal(["WEB.shop.svc.Cluster.Local A 10.96.1.2"], answer.Answers);
        Assert.Equal([$"{Web} AAAA fd00::2"], Ask(Web, Aaaa).Answers);
        Assert.Equal(2, Ask(Web, Any).Answers.Count);
    }

    [Theory]
    [InlineData("nobody.shop.svc.cluster.local", A, 3)]
    [InlineData(Web, Aaaa, 0)]
    [InlineData(Web, Txt, 0)]
    [InlineData("shop.svc.cluster.local", A, 0)]
    [InlineData("svc.cluster.local", A, 0)]
    [InlineData("cluster.local", A, 0)]
    [InlineData("10.1.96.10.in-addr.arpa", Ptr, 3)]
    public void Name_WithoutSuchRecords_IsDeniedByAnAuthority(string name, ushort type, int code)
    {
        _zone.Set("web", [Address(Web, "10.96.1.2")]);
        var answer = Ask(name, type);
        Assert.Equal((code, true), (answer.Code, answer.IsAuthoritative));
        Assert.Empty(answer.Answers);
        var zone = name.EndsWith("arpa", StringComparison.Ordinal) ? "in-addr.arpa" : "cluster.local";
        Assert.Equal([$"{zone} SOA ns.dns.cluster.local hostmaster.cluster.local"], answer.Authority);
    }

    [Fact]
    public void Apex_SaysWhoKeepsIt()
    {
        Assert.Equal(["cluster.local NS ns.dns.cluster.local"], Ask("cluster.local", Ns).Answers);
        Assert.Equal(["cluster.local SOA ns.dns.cluster.local hostmaster.cluster.local"], Ask("cluster.local", Soa).Answers);
        Assert.Equal(["ns.dns.cluster.local A 10.96.0.10"], Ask("ns.dns.cluster.local", A).Answers);
        Assert.Equal(["dns-version.cluster.local TXT 1.1.0"], Ask("dns-version.cluster.local", Txt).Answers);
    }

    [Fact]
    public void Service_LeadsToItsEndpointsWithTheirAddresses()
    {
        const string Port = $"_http._tcp.{Web}";
        _zone.Set("web", [Address($"a.{Web}", "10.244.0.5"), Address($"b.{Web}", "10.244.0.6"), new ServiceRecord(Port, 0, 50, 80, $"a.{Web}"), new ServiceRecord(Port, 0, 50, 80, $"b.{Web}")]);
        var answer = Ask(Port, Srv, edns: true);
        Assert.Equal([$"{Port} SRV 0 50 80 a.{Web}", $"{Port} SRV 0 50 80 b.{Web}"], answer.Answers.Order());
        Assert.Equal([$"a.{Web} A 10.244.0.5", $"b.{Web} A 10.244.0.6"], answer.Additional.Take(2).Order());
        Assert.Equal(" OPT 0", answer.Additional[2]);
    }

    [Fact]
    public void Reverse_OfAnAddress_SaysAllItsNames()
    {
        const string Name = "5.0.244.10.in-addr.arpa";
        _zone.Set("one", [new PointerRecord(Name, "a.one.x.svc.cluster.local")]);
        _zone.Set("two", [new PointerRecord(Name, "a.two.x.svc.cluster.local")]);
        Assert.Equal([$"{Name} PTR a.one.x.svc.cluster.local", $"{Name} PTR a.two.x.svc.cluster.local"], Ask(Name, Ptr).Answers.Order());
        Assert.True(_zone.Owns(Name));
        _zone.Set("one", []);
        _zone.Set("two", []);
        Assert.False(_zone.Owns(Name));
        Assert.True(_zone.Owns("1.1.96.10.in-addr.arpa"));
        Assert.False(_zone.Owns("1.1.1.1.in-addr.arpa"));
    }

    [Fact]
    public void Alias_InsideTheZone_IsFollowedInTheSameAnswer()
    {
        _zone.Set("web", [Address(Web, "10.96.1.2")]);
        _zone.Set("front", [new AliasRecord("front.shop.svc.cluster.local", Web)]);
        Assert.Equal([$"front.shop.svc.cluster.local CNAME {Web}", $"{Web} A 10.96.1.2"], Ask("front.shop.svc.cluster.local", A).Answers);
        Assert.Equal([$"front.shop.svc.cluster.local CNAME {Web}"], Ask("front.shop.svc.cluster.local", Cname).Answers);
    }

    [Fact]
    public void Alias_OutOfTheZoneOrInACircle_IsSaidSo()
    {
        _zone.Set("x", [new AliasRecord("x.a.svc.cluster.local", "example.org")]);
        _zone.Set("y", [new AliasRecord("y.a.svc.cluster.local", "z.a.svc.cluster.local"), new AliasRecord("z.a.svc.cluster.local", "y.a.svc.cluster.local")]);
        DnsQuestion.TryRead(Resolver.Question("x.a.svc.cluster.local", A), out var question);
        Assert.Equal("example.org", _zone.Answer(question, overUdp: true).Outside);
        Assert.Equal(2, Ask("y.a.svc.cluster.local", A).Code);
    }

    [Fact]
    public void Contributors_ChangeAndGo_NamesFollow()
    {
        _zone.Set("web", [Address(Web, "10.96.1.2")]);
        _zone.Set("web", [Address(Web, "10.96.1.3")]);
        Assert.Equal([$"{Web} A 10.96.1.3"], Ask(Web, A).Answers);
        _zone.Set("shop", [new PlaceRecord("shop.svc.cluster.local")]);
        _zone.Set("web", []);
        Assert.Equal(3, Ask(Web, A).Code);
        Assert.Equal(0, Ask("shop.svc.cluster.local", A).Code);
        _zone.Set("shop", []);
        Assert.Equal(3, Ask("shop.svc.cluster.local", A).Code);
        Assert.Equal(3, Ask("svc.cluster.local", A).Code);
    }

    [Fact]
    public void Contributors_InAnyOrder_LeaveWhatTheLastSaid()
    {
        var random = new Random(7);
        var expected = new Dictionary<string, Dictionary<string, string>>();
        string[] names = ["a.n.svc.cluster.local", "b.a.n.svc.cluster.local", "n.svc.cluster.local", "c.m.svc.cluster.local"];
        for (var round = 0; round < 3000; round++)
        {
            var contributor = $"c{random.Next(4)}";
            var said = names.Where(_ => random.Next(2) == 0).ToDictionary(static name => name, _ => $"10.0.{random.Next(3)}.{random.Next(3)}");
            expected[contributor] = said;
            _zone.Set(contributor, [.. said.Select(one => Address(one.Key, one.Value))]);
            var name = names[random.Next(names.Length)];
            var wanted = expected.Values.Where(one => one.ContainsKey(name)).Select(one => $"{name} A {one[name]}").Distinct().Order().ToList();
            var answer = Ask(name, A);
            Assert.Equal(wanted, answer.Answers.Order());
            var exists = expected.Values.Any(one => one.Keys.Any(known => known == name || known.EndsWith("." + name, StringComparison.Ordinal)));
            Assert.Equal(exists ? 0 : 3, answer.Code);
        }
    }

    [Fact]
    public void Answer_TooLong_IsCutOverUdpAndWholeOverTcp()
    {
        _zone.Set("web", [.. Enumerable.Range(0, 200).Select(static number => Address(Web, $"10.244.0.{number}"))]);
        var cut = Ask(Web, A);
        Assert.True(cut.IsTruncated);
        Assert.Equal(200, Ask(Web, A, overUdp: false).Answers.Count);
        Assert.False(Ask(Web, A, overUdp: false).IsTruncated);
    }

    [Fact]
    public void Addresses_AreAnsweredInTurn()
    {
        _zone.Set("web", [Address(Web, "10.0.0.1"), Address(Web, "10.0.0.2"), Address(Web, "10.0.0.3")]);
        Assert.Equal(3, Enumerable.Range(0, 3).Select(_ => Ask(Web, A).Answers[0]).Distinct().Count());
    }

    private static AddressRecord Address(string name, string address) => new(name, IPAddress.Parse(address));

    private DnsMessage Ask(string name, ushort type, bool overUdp = true, bool edns = false)
    {
        Assert.True(DnsQuestion.TryRead(Resolver.Question(name, type, edns: edns), out var question));
        return new DnsMessage(_zone.Answer(question, overUdp).Bytes!);
    }
}

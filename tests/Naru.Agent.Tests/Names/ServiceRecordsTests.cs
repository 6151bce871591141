using System.Net;
using System.Text;
using Naru.Agent.Names;
using Naru.Core.Names;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Names;

public sealed class ServiceRecordsTests
{
    private const string Name = "web.shop.svc.cluster.local";

    [Fact]
    public void ClusterAddress_HasNamePortsAndReverse()
    {
        var records = Of("""{"clusterIP":"10.96.1.2","clusterIPs":["10.96.1.2","fd00::2"],"ports":[{"name":"http","port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}""");
        Assert.Equal(
            [
                new AddressRecord(Name, IPAddress.Parse("10.96.1.2")),
                new PointerRecord("2.1.96.10.in-addr.arpa", Name),
                new AddressRecord(Name, IPAddress.Parse("fd00::2")),
                new PointerRecord("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", Name),
                new ServiceRecord(Name, 0, 100, 80, Name),
                new ServiceRecord($"_http._tcp.{Name}", 0, 100, 80, Name),
                new ServiceRecord(Name, 0, 100, 53, Name),
            ],
            records);
    }

    [Fact]
    public void Headless_HasItsReadyEndpoints()
    {
        const string Slice = """{"addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{"addresses":["10.244.0.5"],"hostname":"Web-0","conditions":{"ready":true}},{"addresses":["10.244.0.6"],"conditions":{} },{"addresses":["10.244.0.7"],"conditions":{"ready":false}}]}""";
        var records = Of("""{"clusterIP":"None","clusterIPs":["None"]}""", Slice);
        Assert.Equal(["10.244.0.5", "10.244.0.6"], records.OfType<AddressRecord>().Where(static one => one.Name == Name).Select(static one => one.Address.ToString()));
        Assert.Contains(new AddressRecord($"web-0.{Name}", IPAddress.Parse("10.244.0.5")), records);
        Assert.Contains(new AddressRecord($"10-244-0-6.{Name}", IPAddress.Parse("10.244.0.6")), records);
        Assert.Contains(new PointerRecord("5.0.244.10.in-addr.arpa", $"web-0.{Name}"), records);
        Assert.Contains(new ServiceRecord($"_http._tcp.{Name}", 0, 50, 8080, $"web-0.{Name}"), records);
        Assert.DoesNotContain(records, static one => one.Name.StartsWith("10-244-0-7", StringComparison.Ordinal));
        Assert.Equal(3, Of("""{"clusterIP":"None","publishNotReadyAddresses":true}""", Slice).OfType<AddressRecord>().Count(static one => one.Name == Name));
        Assert.Empty(Of("""{"clusterIP":"None"}"""));
    }

    [Theory]
    [InlineData("Example.ORG.", "example.org")]
    [InlineData("10.1.2.3", "10.1.2.3")]
    public void ExternalName_IsAnAlias(string external, string target)
    {
        var record = Assert.Single(Of($$"""{"type":"ExternalName","externalName":"{{external}}"}"""));
        Assert.Equal(target, record is AliasRecord alias ? alias.Target : ((AddressRecord)record).Address.ToString());
    }

    private static List<NameRecord> Of(string spec, params string[] slices) => ServiceRecords.Of(
        Tree($$$"""{"metadata":{"name":"web","namespace":"shop"},"spec":{{{spec}}} }"""), slices.Select(Tree), "cluster.local");

    private static MapValue Tree(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json));
}

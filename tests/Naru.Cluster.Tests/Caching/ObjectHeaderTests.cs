using Naru.Cluster.Caching;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests.Caching;

/// <summary>What is known of an object without its tree is the same whichever way it was read.</summary>
public sealed class ObjectHeaderTests
{
    [Theory]
    [InlineData("""{"metadata":{"uid":"u","labels":{"a":"1"}}}""", null, 0)]
    [InlineData("""{"metadata":{"ownerReferences":[{"kind":"A","uid":"one"},{"uid":"two","controller":true,"name":"x"}],"uid":"u"}}""", "two", 2)]
    [InlineData("""{"metadata":{"ownerReferences":[{"controller":false,"uid":"one"}],"uid":"u"}}""", null, 1)]
    [InlineData("""{"metadata":{"ownerReferences":[{"controller":true,"uid":"one","more":{"uid":"inner","controller":false}},{"uid":"two","controller":true}],"uid":"u"}}""", "one", 2)]
    [InlineData("""{"metadata":{"ownerReferences":[],"uid":"u"}}""", null, 0)]
    [InlineData("""{"metadata":{"uid":"u","deletionTimestamp":"2026-01-01T00:00:00Z"}}""", null, 0)]
    [InlineData("""{"metadata":{"uid":"u","deletionTimestamp":null}}""", null, 0)]
    public void Header_OfTextAndOfTree_KnowTheSameOwners(string json, string? controller, int owners)
    {
        var pool = new TextPool();
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);

        var read = ObjectHeader.Read(bytes, pool);
        var made = ObjectHeader.Of((MapValue)JsonText.Parse(bytes), pool);

        Assert.Equal(controller, read.Controller);
        Assert.Equal(controller, made.Controller);
        Assert.Equal(owners, read.Owners.Length);
        Assert.Equal(read.Owners, made.Owners);
        Assert.Equal(("u", "u"), (read.Uid, made.Uid));
        var ends = json.Contains("deletionTimestamp\":\"2026", StringComparison.Ordinal);
        Assert.Equal((ends, ends), (read.IsEnding, made.IsEnding));
    }
}

using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Nodes;

public sealed class NodeRangeTests
{
    private static readonly GroupResource Nodes = new("", "nodes");

    [Fact]
    public async Task Nodes_New_GetPartsOfBothFamilies()
    {
        await using var harness = await NodeHarness.StartAsync(new() { PodRanges = ["10.244.0.0/16", "fd00:10::/56"] });
        await NodeAsync(harness, "a");
        await NodeAsync(harness, "b");

        Assert.Equal("10.244.0.0/24,fd00:10::/64", Parts(harness, "a"));
        Assert.Equal("10.244.1.0/24,fd00:10:0:1::/64", Parts(harness, "b"));
        Assert.Equal("10.244.1.0/24", harness.Get(Nodes, "", "b").Text("spec", "podCIDR"));
    }

    [Fact]
    public async Task Node_Gone_LeavesItsPartToTheNext()
    {
        await using var harness = await NodeHarness.StartAsync(new() { PodRanges = ["10.0.0.0/23"] });
        await NodeAsync(harness, "a");
        await NodeAsync(harness, "b");
        await NodeAsync(harness, "c");
        Assert.Equal("", Parts(harness, "c"));
        Assert.Contains("CIDRNotAvailable: Node c status is now: CIDRNotAvailable", harness.Events());

        await harness.DeleteAsync(Nodes, "", "a");
        Assert.Equal("10.0.0.0/24", Parts(harness, "c"));
    }

    [Fact]
    public async Task Node_BringsItsPart_NobodyElseGetsIt()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Nodes, """{"metadata":{"name":"own"},"spec":{"podCIDR":"10.244.0.0/23","podCIDRs":["10.244.0.0/23"]}}""");
        await NodeAsync(harness, "a");

        Assert.Equal("10.244.2.0/24", Parts(harness, "a"));
        Assert.Equal("10.244.0.0/23", Parts(harness, "own"));
    }

    private static Task NodeAsync(NodeHarness harness, string name) => harness.CreateAsync(Nodes, """{"metadata":{"name":"NAME"}}""".Replace("NAME", name, StringComparison.Ordinal));

    private static string Parts(NodeHarness harness, string name) => string.Join(',', harness.Get(Nodes, "", name).List("spec", "podCIDRs")?.Texts() ?? []);
}

using System.Text.Json;
using Naru.Linux.Nftables;
using Naru.Linux.Tests.Namespaces;

namespace Naru.Linux.Tests.Nftables;

public sealed class NftablesContextTests : IDisposable
{
    private readonly NamespaceFixture _fixture = new();

    [Fact]
    public void Run_TableAndElements_AreListedAsJson() => Inside(nft =>
    {
        nft.Run("add table inet t\nadd set inet t s { type ipv4_addr; }\nadd element inet t s { 10.0.0.1, 10.0.0.2 }");
        using var listed = JsonDocument.Parse(nft.RunJson("list set inet t s"));
        var set = listed.RootElement.GetProperty("nftables")[1].GetProperty("set");
        Assert.Equal(2, set.GetProperty("elem").GetArrayLength());
    });

    [Fact]
    public void Run_OneBadCommand_UndoesTheWholeTransaction() => Inside(nft =>
    {
        var failure = Assert.Throws<NftablesException>(() => nft.Run("add table inet t\nadd rule inet t missing accept"));
        Assert.NotEmpty(failure.Explanation);
        Assert.DoesNotContain("table inet t", nft.Run("list ruleset"), StringComparison.Ordinal);
    });

    [Fact]
    public void Run_AfterAFailure_WorksAgain() => Inside(nft =>
    {
        Assert.Throws<NftablesException>(() => nft.Run("nonsense"));
        nft.Run("add table inet t");
        Assert.Contains("table inet t", nft.Run("list tables"), StringComparison.Ordinal);
    });

    [Fact]
    public void Run_InTwoNamespaces_EachSeesItsOwn()
    {
        var (one, two) = (_fixture.Create("one"), _fixture.Create("two"));
        using var first = _fixture.Threads.Run(one, NftablesContext.Open);
        using var second = _fixture.Threads.Run(two, NftablesContext.Open);
        first.Run("add table inet first");
        Assert.Contains("first", first.Run("list tables"), StringComparison.Ordinal);
        Assert.DoesNotContain("first", second.Run("list tables"), StringComparison.Ordinal);
    }

    public void Dispose() => _fixture.Dispose();

    private void Inside(Action<NftablesContext> work) => _fixture.Threads.Run(_fixture.Create(), () =>
    {
        using var nft = NftablesContext.Open();
        work(nft);
    });
}

using System.Text;
using Naru.Core.Images;

namespace Naru.Core.Tests.Images;

public sealed class LayerChainTests
{
    private static readonly Digest A = Digest.Of("a"u8);
    private static readonly Digest B = Digest.Of("b"u8);

    [Fact]
    public void ChainId_EmptyChain_IsNull() => Assert.Null(LayerChain.Empty.ChainId);

    [Fact]
    public void ChainId_OneLayer_IsItsDiffId() => Assert.Equal(A, LayerChain.Empty.Push(A).ChainId);

    [Fact]
    public void ChainId_TwoLayers_HashesBothNamesWithASpace() =>
        Assert.Equal(Digest.Of(Encoding.ASCII.GetBytes($"{A.Value} {B.Value}")), LayerChain.Empty.Push(A).Push(B).ChainId);

    [Fact]
    public void Equals_SameLayersSameOrder_Only()
    {
        Assert.Equal(new LayerChain([A, B]), LayerChain.Empty.Push(A).Push(B));
        Assert.NotEqual(new LayerChain([B, A]), new LayerChain([A, B]));
    }
}

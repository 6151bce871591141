using Google.Protobuf;
using Naru.Dialects.BuildKit.Builds;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Tests.Builds;

public sealed class ResultDefinitionTests
{
    [Fact]
    public void Read_OwnDefinition_GivesTheId() => Assert.Equal("x1", ResultDefinition.Read(ResultDefinition.Make("x1")));

    [Fact]
    public void Read_OtherDefinitions_GiveNothing()
    {
        Assert.Null(ResultDefinition.Read(null));
        Assert.Null(ResultDefinition.Read(new Definition { Def = { new Op { Source = new SourceOp { Identifier = "docker-image://x" } }.ToByteString() } }));
        Assert.Null(ResultDefinition.Read(new Definition { Def = { ByteString.CopyFrom(0xFF, 0xFF) } }));
    }
}

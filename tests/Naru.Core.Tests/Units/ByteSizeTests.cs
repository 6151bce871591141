using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Units;

namespace Naru.Core.Tests.Units;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("64k", 65536)]
    [InlineData("64KB", 65536)]
    [InlineData("1.5GiB", 1610612736)]
    [InlineData(" 2 m ", 2097152)]
    public void TryParse_Size_CountsInPowersOf1024(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("k")]
    [InlineData("-1")]
    [InlineData("1x")]
    [InlineData("999999999999p")]
    public void TryParse_Nonsense_IsRefused(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void TryParse_AnyNumberOfBytes_ReadsBack() =>
        Prop.ForAll<uint>(count => ByteSize.TryParse($"{count}b", out var size) && size.Bytes == count).QuickCheckThrowOnFailure();
}

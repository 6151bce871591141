using Naru.Core.Images;

namespace Naru.Core.Tests.Images;

public sealed class PlatformTests
{
    private static readonly Platform Host = new() { Os = "linux", Architecture = "amd64" };

    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/arm/v7", "linux/arm/v7")]
    [InlineData("linux", "linux/amd64")]
    [InlineData("aarch64", "linux/arm64")]
    public void Parse_LegalText_Normalises(string text, string expected) => Assert.Equal(expected, Platform.Parse(text, Host)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("linux/")]
    [InlineData("a/b/c/d")]
    public void Parse_Nonsense_IsNull(string text) => Assert.Null(Platform.Parse(text, Host));

    [Fact]
    public void Accepts_AnyVariant_WhenNoneIsAsked() =>
        Assert.True(new Platform { Os = "linux", Architecture = "arm" }.Accepts(new Platform { Os = "linux", Architecture = "arm", Variant = "v7" }));
}

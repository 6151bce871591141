using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Core.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("busybox", "docker.io", "library/busybox", null)]
    [InlineData("busybox:1.36", "docker.io", "library/busybox", "1.36")]
    [InlineData("org/app", "docker.io", "org/app", null)]
    [InlineData("docker.io/busybox", "docker.io", "library/busybox", null)]
    [InlineData("index.docker.io/library/busybox", "docker.io", "library/busybox", null)]
    [InlineData("localhost/app:1", "localhost", "app", "1")]
    [InlineData("localhost:5000/a/b/c:v1", "localhost:5000", "a/b/c", "v1")]
    [InlineData("[::1]:5000/app", "[::1]:5000", "app", null)]
    [InlineData("registry.example.com/app__x/y-z.q", "registry.example.com", "app__x/y-z.q", null)]
    public void Parse_LegalName_TakesItApart(string text, string registry, string repository, string? tag)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal((registry, repository, tag), (reference.Registry, reference.Repository, reference.Tag));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a//b")]
    [InlineData("-a")]
    [InlineData("a:")]
    [InlineData("a:.tag")]
    [InlineData("a@sha256:abc")]
    [InlineData("a b")]
    [InlineData("../etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("registry.example.com:port/app")]
    [InlineData("a\n")]
    public void Parse_IllegalName_IsInvalidReferenceFormat(string text)
    {
        var failure = Assert.Throws<NaruException>(() => ImageReference.Parse(text));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith("invalid reference format", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_UpperCaseRepository_SaysSo()
    {
        var failure = Assert.Throws<NaruException>(() => ImageReference.Parse("library/BusyBox:Tag"));

        Assert.Equal("invalid reference format: repository name (library/BusyBox) must be lowercase", failure.Message);
    }

    [Fact]
    public void Parse_BareId_IsRefused()
    {
        var failure = Assert.Throws<NaruException>(() => ImageReference.Parse(Hex));

        Assert.Contains("cannot specify 64-byte hexadecimal strings", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker.io/library/busybox:latest", "busybox:latest")]
    [InlineData("docker.io/org/app", "org/app")]
    [InlineData("docker.io/library/a/b", "library/a/b")]
    [InlineData("localhost:5000/app", "localhost:5000/app")]
    [InlineData("busybox@sha256:" + Hex, "busybox@sha256:" + Hex)]
    public void Familiar_IsWhatPeopleWrite(string text, string familiar) => Assert.Equal(familiar, ImageReference.Parse(text).Familiar);

    [Fact]
    public void WithDefaultTag_AddsLatestOnlyToABareName()
    {
        Assert.Equal("latest", ImageReference.Parse("a").WithDefaultTag().Tag);
        Assert.Equal("1", ImageReference.Parse("a:1").WithDefaultTag().Tag);
        Assert.Null(ImageReference.Parse("a@sha256:" + Hex).WithDefaultTag().Tag);
    }

    [Theory]
    [InlineData("busybox:1.36")]
    [InlineData("localhost:5000/a/b:x@sha256:" + Hex)]
    [InlineData("library/a/b")]
    public void Canonical_ReadsBackAsTheSameReference(string text)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal(reference, ImageReference.Parse(reference.Canonical));
        Assert.Equal(reference, ImageReference.Parse(reference.Familiar));
    }
}

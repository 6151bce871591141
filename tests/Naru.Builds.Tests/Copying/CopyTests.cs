using Naru.Builds.Copying;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Builds.Tests.Copying;

public sealed class CopyTests : IDisposable
{
    private readonly TempDirectory _source = new();
    private readonly TempDirectory _target = new();

    public CopyTests()
    {
        Put("a.txt", "A");
        Put("b.txt", "B");
        Put("dir/one", "1");
        Put("dir/sub/two", "2");
        Put("dir/.hidden", "h");
        File.CreateSymbolicLink(Path.Combine(_source.Path, "link"), "a.txt");
        File.CreateSymbolicLink(Path.Combine(_source.Path, "dir/inner"), "one");
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    [Theory]
    [InlineData("a.txt", "/x", "x=A")]
    [InlineData("a.txt", "/x/", "x/a.txt=A")]
    [InlineData("a.txt b.txt", "/x/", "x/a.txt=A x/b.txt=B")]
    [InlineData("*.txt", "/x/", "x/a.txt=A x/b.txt=B")]
    [InlineData("dir", "/x", "x/.hidden=h x/inner->one x/one=1 x/sub/two=2")]
    [InlineData("dir/", "/x/", "x/.hidden=h x/inner->one x/one=1 x/sub/two=2")]
    [InlineData("dir a.txt", "/x/", "x/.hidden=h x/a.txt=A x/inner->one x/one=1 x/sub/two=2")]
    [InlineData("link", "/x", "x=A")]
    [InlineData("dir/*", "/x/", "x/.hidden=h x/inner=1 x/one=1 x/two=2")]
    [InlineData("../../a.txt", "/deep/er/x", "deep/er/x=A")]
    [InlineData(".", "/", "a.txt=A b.txt=B dir/.hidden=h dir/inner->one dir/one=1 dir/sub/two=2 link->a.txt")]
    public void Copy_Table_FollowsDockersRules(string sources, string target, string expected)
    {
        Copy(sources.Split(' '), target);
        Assert.Equal(expected, Listing());
    }

    [Fact]
    public void Copy_IgnoredFiles_AreLeftOut()
    {
        Copy(["."], "/", ignored: IgnoreList.Read("dir\n!dir/sub\n*.txt"));
        Assert.Equal("dir/sub/two=2 link->a.txt", Listing());
    }

    [Fact]
    public void Copy_Parents_KeepsDirectories()
    {
        Copy(["dir/sub/two", "./dir/./one"], "/x/", parents: true);
        Assert.Equal("x/dir/sub/two=2 x/one=1", Listing());
    }

    [Fact]
    public void Copy_TargetThroughHostileLink_StaysInside()
    {
        File.CreateSymbolicLink(Path.Combine(_target.Path, "out"), "/../../../../tmp");
        Directory.CreateDirectory(Path.Combine(_target.Path, "tmp"));
        Copy(["a.txt"], "/out/");
        Assert.Equal("A", File.ReadAllText(Path.Combine(_target.Path, "tmp/a.txt")));
        Assert.False(File.Exists("/tmp/a.txt"));
    }

    [Fact]
    public void Copy_SourceLinkLeadingOutside_IsNotFound()
    {
        File.CreateSymbolicLink(Path.Combine(_source.Path, "evil"), "/etc/passwd");
        Assert.Throws<BuildException>(() => Copy(["evil"], "/x"));
        Assert.Equal("", Listing());
    }

    [Fact]
    public void Copy_Missing_SaysWhichFile() =>
        Assert.Equal("failed to calculate checksum of ref: \"/nope\": not found", Assert.Throws<BuildException>(() => Copy(["nope"], "/x")).Message);

    [Fact]
    public void Copy_OwnerAndMode_AreSet()
    {
        Copy(["dir"], "/x", owner: (12, 34), mode: 0x1C0);
        using var root = RootedDirectory.Open(_target.Path);
        var status = root.Stat("x/sub/two");
        Assert.Equal((12u, 34u, 0x1C0u), (status.User, status.Group, status.Permissions));
    }

    [Fact]
    public void Digest_SameFilesOtherTimes_IsTheSame()
    {
        var before = DigestOf("dir");
        File.SetLastWriteTimeUtc(Path.Combine(_source.Path, "dir/one"), DateTime.UnixEpoch);
        Assert.Equal(before, DigestOf("dir"));
        Put("dir/one", "changed");
        Assert.NotEqual(before, DigestOf("dir"));
    }

    private string DigestOf(string path)
    {
        using var source = RootedDirectory.Open(_source.Path);
        var plan = CopyPlan.Make(source, new CopyRequest { Keyword = "COPY", Sources = [path], Target = "/" }, IgnoreList.Empty);
        return CopyDigest.Of(source, plan, owners: false, CancellationToken.None).Value;
    }

    private void Copy(string[] sources, string target, IgnoreList? ignored = null, bool parents = false, (uint, uint)? owner = null, uint? mode = null)
    {
        using var from = RootedDirectory.Open(_source.Path);
        using var to = RootedDirectory.Open(_target.Path);
        var request = new CopyRequest { Keyword = "COPY", Sources = [.. sources], Target = target, Parents = parents, Owner = owner, Mode = mode };
        new TreeCopier(from, to, request).Copy(CopyPlan.Make(from, request, ignored ?? IgnoreList.Empty), CancellationToken.None);
    }

    private string Listing() => string.Join(' ', Directory.EnumerateFileSystemEntries(_target.Path, "*", SearchOption.AllDirectories)
        .Select(p => (Name: Path.GetRelativePath(_target.Path, p), Info: new FileInfo(p)))
        .Where(p => p.Info.LinkTarget is not null || !Directory.Exists(p.Info.FullName))
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => p.Info.LinkTarget is { } link ? $"{p.Name}->{link}" : $"{p.Name}={File.ReadAllText(p.Info.FullName)}"));

    private void Put(string name, string content)
    {
        var path = Path.Combine(_source.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}

using Naru.Core.Containers;
using Naru.Linux.Files;
using Naru.Linux.Hosts;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;

namespace Naru.Linux.Tests.Namespaces;

public sealed class UserNamespaceTests : IDisposable
{
    private static readonly UserMapping Users = new(1_879_965_696, 65536);
    private readonly NamespaceFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void CreateOwned_Fresh_IsBoundAndLeavesNoProcess()
    {
        var (path, users) = (_fixture.PathOf("net"), _fixture.PathOf("net-users"));

        using var made = NetworkNamespace.CreateOwned(path, users, Users, static () => KernelSetting.Write("net/ipv4/ip_forward", "1"), _fixture.Threads);

        Assert.True(NetworkNamespace.IsBound(path));
        Assert.True(NetworkNamespace.IsBound(users));
        Assert.Equal("1", _fixture.Threads.Run(made, static () => KernelSetting.Read("net/ipv4/ip_forward")));
        Assert.Equal(["lo"], _fixture.Threads.Run(made, static () =>
        {
            using var route = RouteSocket.Open();
            return route.ListLinks().Where(link => link.Kind.Length == 0).Select(link => link.Name).ToList();
        }));
        Assert.DoesNotContain($"user:[{FileStatus.TryOf(users)!.Value.Inode}]", NamespacesOfProcesses());
        NetworkNamespace.Delete(path);
        NetworkNamespace.Delete(users);
        Assert.False(File.Exists(users));
    }

    [Fact]
    public void CreateOwned_InitialiseFails_LeavesNothing()
    {
        var (path, users) = (_fixture.PathOf("net"), _fixture.PathOf("net-users"));

        Assert.Throws<InvalidOperationException>(() => NetworkNamespace.CreateOwned(path, users, Users, static () => throw new InvalidOperationException(), _fixture.Threads));

        Assert.False(File.Exists(path));
        Assert.False(File.Exists(users));
    }

    [Fact]
    public void Create_IdsThatAreNone_IsRefused() => Assert.ThrowsAny<IOException>(static () => UserNamespace.Create(new(uint.MaxValue, 2)));

    [Theory]
    [InlineData("5.18.19", true)]
    [InlineData("4.19.0-8-amd64", true)]
    [InlineData("5.19.0-rc1", false)]
    [InlineData("6.1-custom", false)]
    [InlineData("strange", true)]
    public void Kernel_ByItsRelease_IsOldOrNot(string release, bool old) => Assert.Equal(old, UserNamespaceCheck.IsOlder(release));

    [Fact]
    public void Check_RunDirectoryClosedToOthers_SaysWhichOne()
    {
        Assert.Equal("", UserNamespaceCheck.Problem("6.1.0", "/tmp"));

        var closed = Directory.CreateTempSubdirectory("naru-test-closed-").FullName;
        try
        {
            Assert.Equal($"others than root may not pass through {closed}", UserNamespaceCheck.Problem("6.1.0", Path.Combine(closed, "run")));
        }
        finally
        {
            Directory.Delete(closed);
        }
    }

    private static List<string?> NamespacesOfProcesses() =>
        [.. Directory.GetDirectories("/proc").Where(static path => int.TryParse(Path.GetFileName(path), out _)).Select(static path => new FileInfo(path + "/ns/user").LinkTarget)];
}

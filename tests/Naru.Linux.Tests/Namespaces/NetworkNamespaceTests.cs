using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;

namespace Naru.Linux.Tests.Namespaces;

public sealed class NetworkNamespaceTests : IDisposable
{
    private readonly NamespaceFixture _fixture = new();

    [Fact]
    public void Create_Fresh_HasOnlyLoopback()
    {
        var made = _fixture.Create();
        var names = _fixture.Threads.Run(made, () =>
        {
            using var route = RouteSocket.Open();
            return route.ListLinks().Where(link => link.Kind.Length == 0).Select(link => link.Name).ToList();
        });
        Assert.Contains("lo", names);
        Assert.DoesNotContain("eth0", names);
        Assert.True(NetworkNamespace.IsBound(made.Path));
    }

    [Fact]
    public void Create_InitialiseFails_LeavesNothing()
    {
        var path = _fixture.PathOf("broken");
        Assert.Throws<InvalidDataException>(() => NetworkNamespace.Create(path, () => throw new InvalidDataException(), _fixture.Threads));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Delete_Twice_IsHarmless()
    {
        var path = _fixture.PathOf("gone");
        NetworkNamespace.Create(path, null, _fixture.Threads).Dispose();
        NetworkNamespace.Delete(path);
        NetworkNamespace.Delete(path);
        Assert.False(NetworkNamespace.IsBound(path));
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/mountinfo"));
    }

    [Fact]
    public void Open_Persistent_IsTheSameNamespace()
    {
        var made = _fixture.Create();
        _fixture.Threads.Run(made, () =>
        {
            using var route = RouteSocket.Open();
            route.Execute(batch => batch.AddBridge("mark0"));
        });
        using var again = NetworkNamespace.Open(made.Path);
        var seen = _fixture.Threads.Run(again, () =>
        {
            using var route = RouteSocket.Open();
            return route.FindLink("mark0") is not null;
        });
        Assert.True(seen);
    }

    [Fact]
    public void Run_Inside_LeavesTheCallersNamespaceAlone()
    {
        var before = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        var inside = _fixture.Threads.Run(_fixture.Create(), () => new FileInfo("/proc/thread-self/ns/net").LinkTarget);
        Assert.NotEqual(before, inside);
        Assert.Equal(before, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
    }

    [Fact]
    public void KernelSetting_InsideNamespace_DoesNotTouchTheHosts()
    {
        var host = KernelSetting.Read("net/ipv4/ip_forward");
        var flipped = host == "1" ? "0" : "1";
        _fixture.Threads.Run(_fixture.Create(), () => Assert.True(KernelSetting.Write("net/ipv4/ip_forward", flipped)));
        Assert.Equal(host, KernelSetting.Read("net/ipv4/ip_forward"));
    }

    [Fact]
    public void KernelSetting_Unknown_AnswersNullAndFalse()
    {
        Assert.Null(KernelSetting.Read("net/ipv4/no_such_thing"));
        Assert.False(KernelSetting.Write("net/ipv4/no_such_thing", "1"));
        Assert.Throws<ArgumentException>(() => KernelSetting.Read("net/../kernel/hostname"));
    }

    public void Dispose() => _fixture.Dispose();
}

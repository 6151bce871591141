using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Naru.Containers.Bundles;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Units;
using Naru.Linux.Files;

namespace Naru.Containers.Tests.Bundles;

public sealed class BundleTests
{
    private static readonly HashSet<string> Available = [.. Capabilities.All.Where(static name => name != "CAP_SYS_RESOURCE")];

    [Fact]
    public void Capabilities_NothingAsked_AreDockersFourteen() =>
        Assert.Equal(14, Capabilities.Resolve([], [], privileged: false, Available).Length);

    [Theory]
    [InlineData("net_admin", "", "CAP_NET_ADMIN", true)]
    [InlineData("", "CHOWN", "CAP_CHOWN", false)]
    [InlineData("ALL", "NET_RAW", "CAP_NET_RAW", false)]
    [InlineData("ALL", "NET_RAW", "CAP_SYS_ADMIN", true)]
    [InlineData("KILL", "ALL", "CAP_KILL", true)]
    [InlineData("KILL", "ALL", "CAP_CHOWN", false)]
    [InlineData("SYS_RESOURCE", "", "CAP_SYS_RESOURCE", false)]
    public void Capabilities_AddedAndDropped_AreWorkedOut(string added, string dropped, string name, bool held)
    {
        ImmutableArray<string> add = added.Length == 0 ? [] : [added];
        ImmutableArray<string> drop = dropped.Length == 0 ? [] : [dropped];

        Assert.Equal(held, Capabilities.Resolve(add, drop, privileged: false, Available).Contains(name));
    }

    [Fact]
    public void Capabilities_Unknown_AreRefused() => Assert.Equal(
        "invalid CapAdd: unknown capability: \"CAP_NONSENSE\"",
        Assert.Throws<NaruException>(() => Capabilities.Resolve(["nonsense"], [], false, Available)).Message);

    [Fact]
    public void Seccomp_Default_FollowsTheCapabilities()
    {
        var resolver = new SeccompResolver(Architecture.X64, new Version(6, 1));

        var plain = resolver.Default(new HashSet<string>());
        var mighty = resolver.Default(new HashSet<string> { "CAP_SYS_ADMIN" });

        Assert.DoesNotContain("mount", plain.Syscalls![0].Names);
        Assert.Contains("mount", mighty.Syscalls![0].Names);
        Assert.Contains(plain.Syscalls, static rule => rule.Names is ["clone3"] && rule.ErrnoRet == 38);
        Assert.DoesNotContain(mighty.Syscalls, static rule => rule.ErrnoRet == 38);
        Assert.Equal("SCMP_ACT_ERRNO", plain.DefaultAction);
    }

    [Fact]
    public void Seccomp_OwnProfile_KeepsWhatApplies()
    {
        const string Profile = """
            {"defaultAction":"SCMP_ACT_ALLOW","archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86"]}],
             "syscalls":[{"names":["chmod"],"action":"SCMP_ACT_ERRNO"},
                         {"name":"mount","action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
                         {"names":["ptrace"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"9.0"}},
                         {"names":["brk"],"action":"SCMP_ACT_ALLOW","excludes":{"arches":["amd64"]}}]}
            """;
        var filter = new SeccompResolver(Architecture.X64, new Version(6, 1)).Resolve(Profile, new HashSet<string>());

        Assert.Equal(["chmod"], Assert.Single(filter.Syscalls!).Names);
        Assert.Equal(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], filter.Architectures);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => SeccompResolver.Parse("{nonsense")).Kind);
    }

    [Theory]
    [InlineData("", 0, 0, "/root", "0")]
    [InlineData("user", 1000, 1001, "/home/user", "1001,29")]
    [InlineData("1000", 1000, 1001, "/home/user", "1001,29")]
    [InlineData("user:0", 1000, 0, "/home/user", "0")]
    [InlineData("7:8", 7, 8, "/", "8")]
    [InlineData("7:audio", 7, 29, "/", "29")]
    public void User_IsResolvedByTheImage(string user, uint uid, uint gid, string home, string groups)
    {
        using var root = new PasswdRoot();

        var found = UserResolver.Resolve(root.Directory, user, []);

        Assert.Equal((uid, gid, home, groups), (found.Uid, found.Gid, found.Home, string.Join(',', found.Groups)));
    }

    [Theory]
    [InlineData("nosuch", "unable to find user nosuch: no matching entries in passwd file")]
    [InlineData("user:nosuch", "unable to find group nosuch: no matching entries in group file")]
    [InlineData("4294967296", "uids and gids must be in range 0-2147483647")]
    [InlineData("-1", "uids and gids must be in range 0-2147483647")]
    [InlineData("1:99999999999999999999", "uids and gids must be in range 0-2147483647")]
    public void User_Unknown_IsRefusedInDockersWords(string user, string message)
    {
        using var root = new PasswdRoot();

        Assert.Equal(message, Assert.Throws<NaruException>(() => UserResolver.Resolve(root.Directory, user, [])).Message);
    }

    [Theory]
    [InlineData("/proc/self/fd/7")]
    [InlineData("/a/../proc/self/fd/7/x")]
    [InlineData("/proc/1/root/etc")]
    [InlineData("relative")]
    public void WorkingDirectory_ThatLeadsOut_IsRefused(string directory) =>
        Assert.Throws<NaruException>(() => WorkingDirectories.Check(directory));

    [Fact]
    public void WorkingDirectory_WithDots_IsTakenByItsText() => Assert.Equal("/proc/self/x", WorkingDirectories.Normalise("/proc/self/fd/7/../../x"));

    [Fact]
    public void WorkingDirectory_BehindALink_IsRefused()
    {
        using var root = new PasswdRoot();
        root.Directory.CreateDirectories("/proc/self/fd/7");
        root.Directory.CreateSymlink("/work", "/proc/self/fd/7");

        Assert.Throws<NaruException>(() => WorkingDirectories.Prepare(root.Directory, "/work"));
    }

    [Fact]
    public void Resources_Processors_BecomeQuotas()
    {
        Assert.Equal((150_000L, 100_000UL), ResourceMapping.Quota(new ResourceSpec { NanoCpus = 1_500_000_000 }));
        Assert.Equal(new OciMemory { Limit = 1 << 26, Swap = -1 }, ResourceMapping.Memory(new ResourceSpec { Memory = ByteSize.FromMebibytes(64), MemorySwap = new ByteSize(-1) }, unified: false));
        Assert.Null(ResourceMapping.Memory(new ResourceSpec(), unified: false));
    }

    [Theory]
    [InlineData("c 1:3 rwm", true)]
    [InlineData("a *:* rwm", true)]
    [InlineData("c 1:3", false)]
    [InlineData("x 1:3 r", false)]
    [InlineData("c 1:x r", false)]
    [InlineData("c 1:3 rwx", false)]
    public void DeviceRule_Text_IsReadOrRefused(string text, bool valid)
    {
        if (valid)
        {
            Assert.True(DeviceMappings.ParseRule(text).Allow);
        }
        else
        {
            Assert.Throws<NaruException>(() => DeviceMappings.ParseRule(text));
        }
    }

    private sealed class PasswdRoot : IDisposable
    {
        private readonly DirectoryInfo _host = System.IO.Directory.CreateTempSubdirectory("naru-test-passwd-");

        public PasswdRoot()
        {
            System.IO.Directory.CreateDirectory(Path.Combine(_host.FullName, "etc"));
            File.WriteAllText(Path.Combine(_host.FullName, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1001::/home/user:/bin/sh\n");
            File.WriteAllText(Path.Combine(_host.FullName, "etc/group"), "root:x:0:root\nusers:x:1001:\naudio:x:29:user\n");
            Directory = RootedDirectory.Open(_host.FullName);
        }

        public RootedDirectory Directory { get; }

        public void Dispose()
        {
            Directory.Dispose();
            _host.Delete(recursive: true);
        }
    }
}

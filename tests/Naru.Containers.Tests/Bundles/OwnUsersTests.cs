using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using Naru.Containers.Bundles;
using Naru.Containers.Creation;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Core.Units;
using Naru.Linux.Cgroups;

namespace Naru.Containers.Tests.Bundles;

/// <summary>The bundle of a container with users of its own.</summary>
public sealed class OwnUsersTests
{
    private static readonly UserMapping Users = new(1_900_000_000, 65536);

    private static readonly HostAbilities Host = new()
    {
        Cgroups = CgroupLayout.Discover(),
        Capabilities = new HashSet<string> { "CAP_CHOWN", "CAP_SYS_RESOURCE" },
        Limits = new HostLimits(mayRaise: true, new Dictionary<string, ulong> { ["nofile"] = 100 }.ToFrozenDictionary(), oomScoreAdjustment: 10),
        Seccomp = new SeccompResolver(Architecture.X64, new Version(6, 1)),
        HasSeccomp = false,
    };

    [Fact]
    public void Bundle_OwnUsers_MapsThemAndJoinsTheirNamespace()
    {
        var spec = Build(Users);

        Assert.Equal([new OciIdMapping(0, 1_900_000_000, 65536)], spec.Linux.UidMappings!);
        Assert.Equal([new OciIdMapping(0, 1_900_000_000, 65536)], spec.Linux.GidMappings!);
        Assert.Contains(new OciNamespace("user", "/run/users"), spec.Linux.Namespaces);
        Assert.Contains(new OciNamespace("network", "/run/net"), spec.Linux.Namespaces);
    }

    [Fact]
    public void Bundle_OwnUsers_AsksForNothingThatOnlyTheHostsRootMay()
    {
        var spec = Build(Users);

        Assert.Null(spec.Linux.Sysctl);
        Assert.Equal(10, spec.Process.OomScoreAdj);
        Assert.Equal(new OciRlimit("RLIMIT_NOFILE", 100, 100), Assert.Single(spec.Process.Rlimits!));
    }

    [Fact]
    public void Bundle_UsersOfTheHost_SaysNothingOfThem()
    {
        var spec = Build(null);

        Assert.DoesNotContain(spec.Linux.Namespaces, static one => one.Type == "user");
        Assert.DoesNotContain("Mappings", JsonSerializer.Serialize(spec, OciJson.Default.OciSpec), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("0", spec.Linux.Sysctl!["net.ipv4.ip_unprivileged_port_start"]);
        Assert.Equal(-500, spec.Process.OomScoreAdj);
        Assert.Equal(1000u, (uint)Assert.Single(spec.Process.Rlimits!).Hard);
    }

    [Theory]
    [InlineData("host", "", "")]
    [InlineData("bridge", "host", "")]
    [InlineData("bridge", "", "host")]
    public void Spec_OwnUsersInANamespaceOfTheHost_IsRefused(string network, string pids, string ipc)
    {
        var spec = new ContainerSpec
        {
            Image = "a",
            Process = new ProcessSpec { Command = ["a"] },
            Isolation = new IsolationSpec { Users = Users, PidMode = pids, IpcMode = ipc },
            Network = new ContainerNetworkSpec { Mode = network },
        };

        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => SpecRules.Check(spec)).Kind);
    }

    private static OciSpec Build(UserMapping? users) => new OciSpecBuilder(Host).Build(new BundleInput
    {
        Spec = new ContainerSpec
        {
            Image = "a",
            Isolation = new IsolationSpec { Users = users },
            Resources = new ResourceSpec { OomScoreAdjustment = -500, UserLimits = [new UserLimit("nofile", 1000, 1000)] },
        },
        RootPath = "/root",
        Arguments = ["a"],
        User = new ContainerUser(0, 0, [0], "/"),
        Hostname = "h",
        CgroupPath = "/c",
        Network = new SandboxNetwork { NamespacePath = "/run/net", UserNamespacePath = users is null ? "" : "/run/users" },
        Mounts = [],
        JoinedNamespaces = new Dictionary<string, string>(),
    });
}

using Naru.Linux.Cgroups;

namespace Naru.Linux.Doctor;

/// <summary>Whether control groups are as OCI runtimes want them.</summary>
internal static class CgroupChecks
{
    private static readonly string[] Needed = ["cpu", "cpuset", "memory", "pids"];

    public static IEnumerable<HostCheck> All()
    {
        yield return new HostCheck { Area = "cgroups", Name = "mounted", Inspect = Mounted, LookAtStart = true };
        yield return new HostCheck { Area = "cgroups", Name = "controllers", Inspect = Controllers };
        yield return new HostCheck
        {
            Area = "cgroups",
            Name = "hybrid",
            Inspect = Hybrid,
            Mend = () => CgroupMending.ReleaseUnifiedControllers(CgroupLayout.Discover()),
            LookAtStart = true,
        };
    }

    private static HostFinding Mounted()
    {
        var layout = CgroupLayout.Discover();
        return layout switch
        {
            { IsHybrid: true } => HostFinding.Good("version 1 with a version 2 tree beside it"),
            { Version: CgroupVersion.V1 } => HostFinding.Good("version 1"),
            { UnifiedMount: not null } => HostFinding.Good("version 2"),
            _ => HostFinding.Bad("no control groups are mounted", "mount -t cgroup2 none /sys/fs/cgroup"),
        };
    }

    private static HostFinding Controllers()
    {
        var layout = CgroupLayout.Discover();
        var present = layout.Version == CgroupVersion.V2 ? layout.UnifiedControllers : [.. layout.ControllerMounts.Keys];
        var missing = Needed.Where(name => !present.Contains(name)).ToArray();
        return missing.Length == 0
            ? HostFinding.Good(string.Join(' ', present.Order(StringComparer.Ordinal)))
            : HostFinding.Notice($"missing: {string.Join(' ', missing)}; limits of these kinds are not kept", "enable them in the kernel's command line, for example cgroup_enable=memory");
    }

    private static HostFinding Hybrid()
    {
        var layout = CgroupLayout.Discover();
        var held = layout.IsHybrid ? layout.UnifiedControllers : [];
        return held.Count == 0
            ? HostFinding.Good("no controller is held by the version 2 tree of a hybrid host")
            : HostFinding.Bad(
                $"the version 2 tree of a hybrid host holds {string.Join(' ', held)}, for which crun refuses to start",
                string.Join("; ", held.Select(name => $"mkdir -p /sys/fs/cgroup/{name} && mount -t cgroup -o {name} none /sys/fs/cgroup/{name}")));
    }
}

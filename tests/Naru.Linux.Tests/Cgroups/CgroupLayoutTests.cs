using Naru.Linux.Cgroups;

namespace Naru.Linux.Tests.Cgroups;

public sealed class CgroupLayoutTests
{
    [Fact]
    public void Parse_HybridHost_FindsEveryHierarchy()
    {
        var layout = CgroupLayout.Parse(
        [
            "30 20 0:25 / /sys/fs/cgroup rw shared:8 - tmpfs tmpfs rw,mode=755",
            "31 30 0:26 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw",
            "32 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct",
            "33 30 0:28 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd",
        ]);

        Assert.Equal(CgroupVersion.V1, layout.Version);
        Assert.True(layout.IsHybrid);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.ControllerMounts["cpuacct"]);
        Assert.Equal("/sys/fs/cgroup/systemd", layout.ControllerMounts["name=systemd"]);
    }

    [Fact]
    public void Parse_UnifiedHost_IsVersionTwo()
    {
        var layout = CgroupLayout.Parse(["31 30 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"]);

        Assert.Equal(CgroupVersion.V2, layout.Version);
        Assert.False(layout.IsHybrid);
        Assert.Equal("/sys/fs/cgroup", layout.UnifiedMount);
    }
}

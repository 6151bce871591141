using Naru.Linux.Cgroups;

namespace Naru.Linux.Tests.Cgroups;

public sealed class CgroupV2Tests : IDisposable
{
    private readonly DirectoryInfo _mount = Directory.CreateTempSubdirectory("naru-test-cgroup2-");
    private readonly ControlGroup _group;

    public CgroupV2Tests()
    {
        var layout = CgroupLayout.Parse([$"31 30 0:26 / {_mount.FullName} rw - cgroup2 cgroup2 rw"]);
        _group = new ControlGroup(layout, "/naru/a");
        Directory.CreateDirectory(PathOf(""));
        foreach (var file in (string[])["memory.max", "memory.swap.max", "memory.low", "cpu.weight", "pids.max", "cpuset.cpus"])
        {
            File.WriteAllText(PathOf(file), "");
        }

        File.WriteAllText(PathOf("cpu.max"), "max 100000\n");
        File.WriteAllText(PathOf("memory.events"), "low 0\noom 3\noom_kill 2\n");
    }

    public void Dispose() => _mount.Delete(recursive: true);

    [Fact]
    public void Write_Limits_AreTranslated()
    {
        CgroupLimitsWriter.Write(_group, new CgroupLimits
        {
            Memory = 100, MemoryAndSwap = 150, CpuShares = 1024, CpuQuotaMicroseconds = 50_000, Pids = -1, CpusetCpus = "0-1",
        });

        Assert.Equal("100", Read("memory.max"));
        Assert.Equal("50", Read("memory.swap.max"));
        Assert.Equal("39", Read("cpu.weight"));
        Assert.Equal("50000 100000", Read("cpu.max").TrimEnd());
        Assert.Equal("max", Read("pids.max"));
        Assert.Equal("0-1", Read("cpuset.cpus"));
    }

    [Fact]
    public void OomKills_OfTheGroup_AreRead() => Assert.Equal(2UL, _group.OomKills);

    private string PathOf(string file) => Path.Combine(_mount.FullName, "naru/a", file);

    private string Read(string file) => File.ReadAllText(PathOf(file));
}

using Naru.Core.Containers;
using Naru.Linux.Cgroups;
using Naru.Linux.Hosts;
using Naru.Testing;

namespace Naru.Linux.Tests.Hosts;

/// <summary>Readers over files as kernels of both versions write them.</summary>
public sealed class CgroupUsageTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_Version2_TakesEveryCounter()
    {
        _directory.Write("g/cpu.stat", "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnr_periods 5\nnr_throttled 2\nthrottled_usec 7\n");
        _directory.Write("g/memory.current", "4096\n");
        _directory.Write("g/memory.peak", "8192\n");
        _directory.Write("g/memory.max", "max\n");
        _directory.Write("g/memory.events", "low 0\noom 3\noom_kill 1\n");
        _directory.Write("g/memory.stat", "anon 1\nfile 2\n");
        _directory.Write("g/pids.current", "4\n");
        _directory.Write("g/pids.max", "max\n");
        _directory.Write("g/io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16\n");
        var layout = CgroupLayout.Parse([$"30 1 0:1 / {_directory.Path} rw - cgroup2 cgroup2 rw"]);

        var sample = CgroupUsage.Read(new ControlGroup(layout, "/g"), new UsageSample { At = default, Processors = 2 });

        Assert.Equal((3_000_000UL, 2_000_000UL, 1_000_000UL), (sample.CpuTotal, sample.CpuUser, sample.CpuKernel));
        Assert.Equal((5UL, 2UL, 7000UL), sample.Throttling);
        Assert.Equal((4096UL, 8192UL, 3UL), (sample.Memory, sample.MemoryPeak, sample.MemoryFailures));
        Assert.Equal((ulong)ProcFiles.TotalMemory(), sample.MemoryLimit);
        Assert.Equal(2UL, sample.MemoryDetails["file"]);
        Assert.Equal((4UL, null), (sample.Pids, sample.PidsLimit));
        Assert.Contains(new BlockCounter(8, 0, "write", 20), sample.BlockBytes);
        Assert.Contains(new BlockCounter(8, 0, "read", 1), sample.BlockOperations);
    }

    [Fact]
    public void Read_Version1_TakesEveryCounter()
    {
        _directory.Write("cpu/g/cpuacct.usage", "300\n");
        _directory.Write("cpu/g/cpuacct.usage_percpu", "100 200 0 0\n");
        _directory.Write("cpu/g/cpuacct.stat", "user 3\nsystem 4\n");
        _directory.Write("cpu/g/cpu.stat", "nr_periods 5\nnr_throttled 2\nthrottled_time 7\n");
        _directory.Write("memory/g/memory.limit_in_bytes", "9223372036854771712\n");
        _directory.Write("memory/g/memory.failcnt", "6\n");
        _directory.Write("blkio/g/blkio.throttle.io_service_bytes", "8:0 Read 10\n8:0 Write 20\n8:0 Total 30\nTotal 30\n");
        var layout = CgroupLayout.Parse(
        [
            $"30 1 0:1 / {_directory.Path}/cpu rw - cgroup none rw,cpu,cpuacct",
            $"31 1 0:2 / {_directory.Path}/memory rw - cgroup none rw,memory",
            $"32 1 0:3 / {_directory.Path}/blkio rw - cgroup none rw,blkio",
        ]);

        var sample = CgroupUsage.Read(new ControlGroup(layout, "/g"), new UsageSample { At = default, Processors = 2 });

        Assert.Equal((300UL, 30_000_000UL, 40_000_000UL), (sample.CpuTotal, sample.CpuUser, sample.CpuKernel));
        Assert.Equal([100UL, 200UL], sample.CpuEach);
        Assert.Equal((5UL, 2UL, 7UL), sample.Throttling);
        Assert.Equal((6UL, (ulong)ProcFiles.TotalMemory()), (sample.MemoryFailures, sample.MemoryLimit));
        Assert.Equal([new BlockCounter(8, 0, "read", 10), new BlockCounter(8, 0, "write", 20), new BlockCounter(8, 0, "total", 30)], sample.BlockBytes);
        Assert.Empty(sample.BlockOperations);
    }
}

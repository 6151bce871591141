using Naru.Containers.Tests.Engine;
using Naru.Core.Containers;
using Naru.Core.Units;

namespace Naru.Containers.Tests.Usage;

public sealed class ContainerUsageTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Sample_RunningContainer_CountsItsUse()
    {
        var spec = TestEngine.Shell("dd if=/dev/zero of=/tmp/x bs=1M count=8; sleep 1000");
        spec = spec with { Resources = spec.Resources with { Memory = ByteSize.FromMebibytes(64), PidsLimit = 50 } };
        var id = (await _engine.Containers.CreateAsync(spec, null, CancellationToken.None)).Container.Id.Value;
        await _engine.Containers.StartAsync(id, CancellationToken.None);
        var usage = _engine.Service<IContainerUsage>();
        var sample = await usage.SampleAsync(_engine.Containers.Get(id), CancellationToken.None);

        Assert.InRange(sample.CpuTotal, 1UL, ulong.MaxValue);
        Assert.True(sample.HostCpu > sample.CpuTotal);
        Assert.InRange(sample.Processors, 1, 4096);
        Assert.InRange(sample.Memory, 1UL, 64UL << 20);
        Assert.Equal(64UL << 20, sample.MemoryLimit);
        Assert.Equal(50UL, sample.PidsLimit);
        Assert.InRange(sample.Pids, 1UL, 50UL);
        Assert.True(sample.MemoryDetails.Count > 5);
    }

    [Fact]
    public async Task Sample_StoppedContainer_IsZero()
    {
        var container = (await _engine.Containers.CreateAsync(TestEngine.Shell("true"), null, CancellationToken.None)).Container;
        var sample = await _engine.Service<IContainerUsage>().SampleAsync(container, CancellationToken.None);

        Assert.Equal((0UL, 0UL, 0UL), (sample.CpuTotal, sample.Memory, sample.Pids));
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Lifetime;
using Naru.Linux.Hosts;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Tests.Hosts;

public sealed class HostReaderTests
{
    [Fact]
    public async Task Read_ThisHost_TellsItsFacts()
    {
        using var poller = new DescriptorPoller();
        var reader = Make(poller, "0123abcd");
        await reader.StartAsync(TestContext.Current.CancellationToken);
        var facts = reader.Read();

        Assert.Equal(facts.InstanceId, Make(poller, "0123abcd").Read().InstanceId);
        Assert.NotEqual(facts.InstanceId, Make(poller, "89abcdef").Read().InstanceId);
        Assert.Equal(Environment.MachineName, facts.Name);
        Assert.Equal("9.9.9", facts.Version);
        Assert.True(facts.Memory > 1 << 20);
        Assert.True(facts.Processors > 0);
        Assert.True(reader.Count() is { OpenDescriptors: > 2, Threads: > 1 });
        Assert.True(facts.CgroupVersion is 1 or 2);
        Assert.Contains("memory", facts.CgroupControllers);
        Assert.Matches(@"^\d", facts.RuntimeVersion);
        Assert.NotEmpty(facts.KernelVersion);
        Assert.NotEmpty(facts.OperatingSystem);
        Assert.NotEmpty(facts.BackingFileSystem);
        Assert.StartsWith("/", facts.Runtimes["crun"]);
    }

    private static HostReader Make(DescriptorPoller poller, string instance) => new(
        new HostOptions { Version = "9.9.9" },
        new EngineDirectories("/tmp", "/tmp", instance),
        new ProcessRunner(poller, NullLogger<ProcessRunner>.Instance),
        NullLogger<HostReader>.Instance);
}

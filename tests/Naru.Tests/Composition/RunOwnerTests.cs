using Naru.Commands;
using Naru.Composition;
using Naru.Core.Lifetime;
using Naru.Testing;

namespace Naru.Tests.Composition;

public sealed class RunOwnerTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _processes;
    private readonly EngineDirectories _first;
    private readonly EngineDirectories _second;

    public RunOwnerTests()
    {
        string At(string name) => Directory.CreateDirectory(Path.Combine(_directory.Path, name)).FullName;
        _processes = At("proc");
        _first = new EngineDirectories(At("data1"), At("run"), "11111111");
        _second = new EngineDirectories(At("data2"), At("run"), "22222222");
        var container = Directory.CreateDirectory(Path.Combine(_directory.Path, "run/containers/c0ffee")).FullName;
        File.WriteAllText(Path.Combine(container, "pid"), "42");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Claim_ContainerOfAnotherRuns_IsRefusedAndStaysTheOthers()
    {
        Process("8:pids:/naru-11111111/c0ffee");
        RunOwner.Claim(_first, _processes);

        var failure = Assert.Throws<CommandFailure>(() => RunOwner.Claim(_second, _processes));

        Assert.Equal(ExitCodes.Busy, failure.ExitCode);
        Assert.Equal($"containers of data-dir {_first.Data} run on run-dir {_first.Run}. Start naru on that data-dir, or give this one its own --run-dir.", failure.Message);
        RunOwner.Claim(_first, _processes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("8:pids:/system.slice/another-process-of-the-same-number")]
    public void Claim_ContainerOfAnotherHasEnded_IsGiven(string? group)
    {
        RunOwner.Claim(_first, _processes);
        Process(group);

        RunOwner.Claim(_second, _processes);

        Assert.Equal([_second.InstanceId, _second.Data], File.ReadAllLines(_second.RunPath("instance")));
    }

    private void Process(string? group)
    {
        if (group is not null)
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_processes, "42")).FullName, "cgroup"), group + "\n");
        }
    }
}

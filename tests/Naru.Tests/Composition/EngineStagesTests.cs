using Microsoft.Extensions.Logging.Abstractions;
using Naru.Composition;
using Naru.Core.Lifetime;

namespace Naru.Tests.Composition;

public sealed class EngineStagesTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task StartAndStop_ByOrder_AndBackwards()
    {
        var stages = Stages(new Stage("b", 2, _log), new Stage("a", 1, _log), new Stage("c", 3, _log));

        await stages.StartAsync(default);
        await stages.StopAsync(default);

        Assert.Equal(["+a", "+b", "+c", "-c", "-b", "-a"], _log);
        Assert.Equal(3, stages.Timings.Count);
    }

    [Fact]
    public async Task Stop_OneFails_TheOthersAreStopped()
    {
        var stages = Stages(new Stage("a", 1, _log), new Stage("b", 2, _log) { FailsToStop = true }, new Stage("c", 3, _log));

        await stages.StartAsync(default);
        await stages.StopAsync(default);

        Assert.Equal(["-c", "-b", "-a"], _log.Where(line => line[0] == '-'));
    }

    [Fact]
    public async Task Start_OneFails_ThoseBeforeAreStoppedAndItThrows()
    {
        var stages = Stages(new Stage("a", 1, _log), new Stage("b", 2, _log) { FailsToStart = true }, new Stage("c", 3, _log));

        await Assert.ThrowsAsync<InvalidOperationException>(() => stages.StartAsync(default));

        Assert.Equal(["+a", "+b", "-a"], _log);
    }

    private static EngineStages Stages(params Stage[] stages) => new(stages, TimeProvider.System, NullLogger<EngineStages>.Instance);

    private sealed class Stage(string name, int order, List<string> log) : IEngineStage
    {
        public bool FailsToStart { get; init; }

        public bool FailsToStop { get; init; }

        public int Order => order;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            log.Add("+" + name);
            return FailsToStart ? throw new InvalidOperationException(name) : Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            log.Add("-" + name);
            return FailsToStop ? throw new InvalidOperationException(name) : Task.CompletedTask;
        }
    }
}

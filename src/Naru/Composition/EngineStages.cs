using Naru.Core.Errors;
using Naru.Core.Lifetime;

namespace Naru.Composition;

/// <summary>Starts the engine's stages in order and stops them in reverse.</summary>
internal sealed partial class EngineStages(IEnumerable<IEngineStage> stages, TimeProvider time, ILogger<EngineStages> logger)
{
    private readonly Stack<IEngineStage> _started = new();

    /// <summary>How long each stage took to start, in order.</summary>
    public IReadOnlyList<StageTiming> Timings { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var timings = new List<StageTiming>();
        foreach (var stage in stages.OrderBy(stage => stage.Order))
        {
            var name = stage.GetType().Name;
            var began = time.GetTimestamp();
            try
            {
                await stage.StartAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // What a part foresaw says in its message what is wrong.
                if (exception is NaruException)
                {
                    LogStartRefused(name, exception.Message);
                }
                else
                {
                    LogStartFailed(exception, name);
                }

                await StopStartedAsync(CancellationToken.None);
                throw;
            }

            _started.Push(stage);
            var took = time.GetElapsedTime(began);
            timings.Add(new StageTiming(name, took));
            LogStarted(name, (long)took.TotalMilliseconds);
        }

        Timings = timings;
    }

    public Task StopAsync(CancellationToken cancellationToken) => StopStartedAsync(cancellationToken);

    private async Task StopStartedAsync(CancellationToken cancellationToken)
    {
        while (_started.TryPop(out var stage))
        {
            try
            {
                await stage.StopAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                // A supervisor: whatever one stage does, those below it must be stopped too.
                LogStopFailed(exception, stage.GetType().Name);
            }
        }
    }

    [LoggerMessage(8000, LogLevel.Debug, "Stage {Stage} started in {Milliseconds} ms")]
    private partial void LogStarted(string stage, long milliseconds);

    [LoggerMessage(8001, LogLevel.Error, "Stage {Stage} could not start")]
    private partial void LogStartFailed(Exception exception, string stage);

    [LoggerMessage(8003, LogLevel.Error, "Stage {Stage} could not start: {Reason}")]
    private partial void LogStartRefused(string stage, string reason);

    [LoggerMessage(8002, LogLevel.Error, "Stage {Stage} failed while it stopped; the others are stopped all the same")]
    private partial void LogStopFailed(Exception exception, string stage);
}

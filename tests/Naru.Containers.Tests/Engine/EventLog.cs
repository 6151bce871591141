using System.Collections.Concurrent;
using Naru.Core.Events;

namespace Naru.Containers.Tests.Engine;

/// <summary>Records the events of an engine from its making on.</summary>
public sealed class EventLog : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<EngineEvent> _events = new();
    private readonly Task _reading;

    public EventLog(IEvents events)
    {
        var stream = events.Read(null, null, _stop.Token);
        _reading = Task.Run(async () =>
        {
            await foreach (var happened in stream)
            {
                _events.Enqueue(happened);
            }
        });
    }

    public IEnumerable<string> ContainerActions => _events.Where(static happened => happened.Type == "container").Select(static happened => happened.Action);

    public IEnumerable<EngineEvent> All => _events;

    /// <summary>Waits until an action was told.</summary>
    public async Task WaitForAsync(string action, int times = 1)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (ContainerActions.Count(known => known == action) < times)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}

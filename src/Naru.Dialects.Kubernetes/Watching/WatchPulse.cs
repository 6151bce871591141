namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>A beat that all busy watches share: between two beats changes gather, so that one write to the client carries several. The more watches, the slower: a write costs
/// tens of microseconds whatever it carries, and a thousand watches have one each. Rests while nobody waits.</summary>
internal sealed class WatchPulse : IDisposable
{
    private const int QuickestBeat = 15;
    private const int SlowestBeat = 45;
    private const int WatchesAMillisecond = 20;

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private TaskCompletionSource? _next;

    public WatchPulse(TimeProvider time) => _timer = time.CreateTimer(static state => ((WatchPulse)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the next beat.</summary>
    /// <param name="watches">How many watches are open.</param>
    public Task NextAsync(int watches)
    {
        lock (_lock)
        {
            if (_next is null)
            {
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(watches / WatchesAMillisecond, QuickestBeat, SlowestBeat)), Timeout.InfiniteTimeSpan);
            }

            return _next.Task;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            (waiting, _next) = (_next, null);
        }

        waiting?.SetResult();
    }
}

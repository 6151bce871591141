namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>A beat that all busy watches share: between two beats changes gather, so that one write to the client carries several. Rests while nobody waits.</summary>
internal sealed class WatchPulse : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(15);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private TaskCompletionSource? _next;

    public WatchPulse(TimeProvider time) => _timer = time.CreateTimer(static state => ((WatchPulse)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the next beat.</summary>
    public Task NextAsync()
    {
        lock (_lock)
        {
            if (_next is null)
            {
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _timer.Change(Beat, Timeout.InfiniteTimeSpan);
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

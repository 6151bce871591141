using System.Threading.Channels;

namespace Naru.Containers.Logs;

/// <summary>What a following reader waits for: something written, the container's end, or the time it was to stop at.</summary>
internal sealed class LogFollow : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IDisposable _subscription;
    private readonly Task _ended;
    private readonly CancellationTokenSource _until;

    /// <summary>Starts to listen; what happens from now on is not missed.</summary>
    internal LogFollow(LogWatch watch, string directory, Task ended, DateTimeOffset? until, TimeProvider time)
    {
        _subscription = watch.Subscribe(directory, () => _changes.Writer.TryWrite(true));
        _ended = ended;
        var left = until - time.GetUtcNow();
        _until = left is { } span && span < TimeSpan.FromDays(40)
            ? new CancellationTokenSource(span > TimeSpan.Zero ? span : TimeSpan.Zero, time)
            : new CancellationTokenSource();
    }

    /// <summary>No more will be written.</summary>
    internal bool IsOver => _ended.IsCompleted || _until.IsCancellationRequested;

    /// <summary>Ends when there may be more to read or <see cref="IsOver"/>.</summary>
    internal async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _until.Token);
        Task change = _changes.Reader.ReadAsync(either.Token).AsTask();
        await Task.WhenAny(change, _ended);
        if (!change.IsCompleted)
        {
            await either.CancelAsync();
        }

        await change.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _until.Dispose();
    }
}

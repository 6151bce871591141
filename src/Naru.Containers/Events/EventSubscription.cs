using System.Collections.Immutable;
using System.Threading.Channels;
using Naru.Core.Errors;
using Naru.Core.Events;

namespace Naru.Containers.Events;

/// <summary>One reader: what it asked of the past, then a bounded queue of what comes.</summary>
internal sealed class EventSubscription : IAsyncEnumerable<EngineEvent>
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    private readonly EventBus _bus;
    private readonly ImmutableArray<EngineEvent> _past;
    private readonly DateTimeOffset? _until;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly Channel<EngineEvent> _queue;
    private readonly CancellationTokenRegistration _whenCancelled;

    internal EventSubscription(
        EventBus bus, ImmutableArray<EngineEvent> past, DateTimeOffset? until, int length, TimeProvider time, CancellationToken cancellationToken)
    {
        (_bus, _past, _until, _time, _cancellation) = (bus, past, until, time, cancellationToken);

        // Full: TryWrite answers false and the reader is cut off; the publisher never waits.
        _queue = Channel.CreateBounded<EngineEvent>(new BoundedChannelOptions(length) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        IsOver = until <= time.GetUtcNow();
        if (IsOver)
        {
            _queue.Writer.Complete();
        }

        // A reader that never comes to read is forgotten with its token.
        _whenCancelled = cancellationToken.UnsafeRegister(static state => ((EventSubscription)state!).Leave(), this);
    }

    /// <summary>Nothing new is wanted: the end lies in the past.</summary>
    internal bool IsOver { get; }

    public async IAsyncEnumerator<EngineEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(_cancellation, cancellationToken);
        using var ended = new CancellationTokenSource(TimeLeft(), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled.Token, ended.Token);
        try
        {
            foreach (var happened in _past)
            {
                cancelled.Token.ThrowIfCancellationRequested();
                yield return happened;
            }

            while (await WaitAsync(either.Token, cancelled.Token))
            {
                while (_queue.Reader.TryRead(out var happened))
                {
                    if (happened.At > _until)
                    {
                        yield break;
                    }

                    yield return happened;
                }
            }
        }
        finally
        {
            await _whenCancelled.DisposeAsync();
            Leave();
        }
    }

    /// <summary>Hands over one event; false when the queue is full, which ends the subscription.</summary>
    internal bool TryPost(EngineEvent happened)
    {
        if (_queue.Writer.TryWrite(happened))
        {
            return true;
        }

        _queue.Writer.TryComplete(new NaruException(ErrorKind.Expired, "events: the reader is too slow, events would be lost"));
        return false;
    }

    /// <summary>False at the wished end; throws when cancelled or cut off.</summary>
    private async ValueTask<bool> WaitAsync(CancellationToken either, CancellationToken cancelled)
    {
        try
        {
            return await _queue.Reader.WaitToReadAsync(either);
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return false;
        }
    }

    private TimeSpan TimeLeft()
    {
        if (_until is not { } until || IsOver || until - _time.GetUtcNow() > LongestTimer)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = until - _time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Leave() => _bus.Remove(this);
}

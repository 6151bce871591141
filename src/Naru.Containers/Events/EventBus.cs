using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Naru.Core.Events;
using Naru.Core.Lifetime;

namespace Naru.Containers.Events;

/// <summary>
/// The one place where events get their time and their order. Publishing takes a short lock, so that every reader and the
/// journal see the same order; nothing in it waits.
/// </summary>
public sealed class EventBus(EventOptions options, EngineDirectories directories, TimeProvider time, ILogger<EventJournal> logger)
    : IEvents, IEngineStage
{
    private readonly Lock _lock = new();
    private readonly Queue<EngineEvent> _kept = new();
    private readonly EventJournal _journal = new(directories.RunPath("events.jsonl"), options.Kept, logger);
    private ImmutableArray<EventSubscription> _subscriptions = [];
    private long _last;

    /// <summary>First of all parts that publish.</summary>
    public int Order => 100;

    /// <summary>Takes over what an earlier run on this boot kept.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var earlier = _journal.Load();
        lock (_lock)
        {
            var since = _kept.ToArray();
            _kept.Clear();
            foreach (var happened in earlier.Concat(since))
            {
                Keep(happened);
            }

            _last = Math.Max(_last, earlier.Count > 0 ? earlier[^1].UnixNanoseconds : 0);
            _journal.Start(_kept);
        }

        return Task.CompletedTask;
    }

    /// <summary>Writes the rest of the journal.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _journal.StopAsync();

    public void Publish(EngineEvent happened)
    {
        lock (_lock)
        {
            var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            _last = Math.Max(now, _last + 1);
            var stamped = happened with
            {
                UnixNanoseconds = _last,
                At = DateTimeOffset.UnixEpoch.AddTicks(_last / TimeSpan.NanosecondsPerTick),
            };
            Keep(stamped);
            _journal.Append(stamped);
            foreach (var subscription in _subscriptions)
            {
                if (!subscription.TryPost(stamped))
                {
                    _subscriptions = _subscriptions.Remove(subscription);
                }
            }
        }
    }

    public IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var past = since is { } from
                ? _kept.Where(happened => happened.At >= from && !(happened.At > until)).ToImmutableArray()
                : [];
            var subscription = new EventSubscription(this, past, until, options.QueueLength, time, cancellationToken);
            if (!subscription.IsOver)
            {
                _subscriptions = _subscriptions.Add(subscription);
            }

            return subscription;
        }
    }

    internal void Remove(EventSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }
    }

    private void Keep(EngineEvent happened)
    {
        _kept.Enqueue(happened);
        while (_kept.Count > options.Kept)
        {
            _kept.Dequeue();
        }
    }
}

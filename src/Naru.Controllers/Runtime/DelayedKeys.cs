namespace Naru.Controllers.Runtime;

/// <summary>Keys that are due later, under one timer.</summary>
internal sealed class DelayedKeys(TimeProvider time, Action<ObjectKey> due)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, DateTimeOffset> _times = [];
    private readonly PriorityQueue<ObjectKey, DateTimeOffset> _order = new();
    private ITimer? _timer;
    private DateTimeOffset _set = DateTimeOffset.MaxValue;

    public void Add(ObjectKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            var at = time.GetUtcNow() + delay;
            if (_times.TryGetValue(key, out var there) && there <= at)
            {
                return;
            }

            _times[key] = at;
            _order.Enqueue(key, at);
            SetTimer();
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _times.Clear();
            _order.Clear();
            _timer?.Dispose();
            _timer = null;
            _set = DateTimeOffset.MaxValue;
        }
    }

    private void SetTimer()
    {
        if (!_order.TryPeek(out _, out var first) || first >= _set)
        {
            return;
        }

        _set = first;
        var wait = first - time.GetUtcNow();
        // A timer that fires a moment early would find nothing due and be set again at once.
        wait = wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : wait;
        if (_timer is null)
        {
            _timer = time.CreateTimer(static state => ((DelayedKeys)state!).Fire(), this, wait, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        var ready = new List<ObjectKey>();
        lock (_lock)
        {
            _set = DateTimeOffset.MaxValue;
            var now = time.GetUtcNow();
            while (_order.TryPeek(out var key, out var at) && at <= now)
            {
                _order.Dequeue();
                if (_times.TryGetValue(key, out var wanted) && wanted == at)
                {
                    _times.Remove(key);
                    ready.Add(key);
                }
            }

            SetTimer();
        }

        foreach (var key in ready)
        {
            due(key);
        }
    }
}

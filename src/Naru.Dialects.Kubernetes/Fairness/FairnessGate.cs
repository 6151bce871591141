using System.Globalization;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>
/// Priority and fairness: 1. the first FlowSchema that matches names the priority level; 2. free seats of the level, or seats that others lend, let the request in at once;
/// 3. else it waits in one of the level's queues, where each flow has its turn; 4. where the queue is full, or the wait too long, it is refused.
/// </summary>
internal sealed class FairnessGate : IRequestGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PriorityLevel> _levels = new(StringComparer.Ordinal);
    private readonly KubernetesDialectOptions _options;
    private readonly ListWidths _widths;
    private readonly FairnessMeter _meter;
    private readonly InFlightGate _fallback;
    private readonly TimeProvider _time;
    private FlowSchemaRule[] _schemas = [];

    public FairnessGate(KubernetesDialectOptions options, ListWidths widths, FairnessMeter meter, InFlightGate fallback, TimeProvider time)
    {
        (_options, _widths, _meter, _fallback, _time) = (options, widths, meter, fallback, time);
        meter.Observe(() => Levels);
    }

    /// <summary>The levels as they are now.</summary>
    public IReadOnlyList<PriorityLevel> Levels
    {
        get
        {
            lock (_lock)
            {
                return [.. _levels.Values];
            }
        }
    }

    /// <summary>Takes over schemas and levels as the cluster has them.</summary>
    public void Configure(IEnumerable<MapValue> schemas, IEnumerable<MapValue> levels)
    {
        var rules = schemas.Select(FlowSchemaRule.Read).OrderBy(static one => one.Precedence).ThenBy(static one => one.Name, StringComparer.Ordinal).ToArray();
        lock (_lock)
        {
            var named = levels.ToDictionary(static one => one.Text("metadata", "name") ?? "", StringComparer.Ordinal);
            foreach (var (name, body) in named)
            {
                if (!_levels.TryGetValue(name, out var level))
                {
                    _levels[name] = level = new PriorityLevel(name);
                }

                level.Configure(body);
            }

            foreach (var gone in _levels.Values.Where(one => !named.ContainsKey(one.Name) && one is { Executing: 0, Queued: 0 }).ToList())
            {
                _levels.Remove(gone.Name);
            }

            var shares = Math.Max(1, _levels.Values.Sum(static one => one.Shares));
            foreach (var level in _levels.Values)
            {
                level.SetSeats((int)Math.Ceiling(_options.ConcurrencySeats * (double)level.Shares / shares));
            }

            _schemas = rules;
        }
    }

    public async ValueTask<IDisposable?> EnterAsync(Exchange exchange)
    {
        var schema = Array.Find(_schemas, one => one.Matches(exchange.Target, exchange.User));
        if (schema is null || !_options.PriorityAndFairness)
        {
            return await _fallback.EnterAsync(exchange);
        }

        var seats = _widths.SeatsOf(exchange.Target, exchange.Target.Verb == "list" && long.TryParse(exchange.Query("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : 0);
        PriorityLevel? level;
        WaitingRequest request;
        lock (_lock)
        {
            level = _levels.GetValueOrDefault(schema.Level) ?? _levels.GetValueOrDefault("catch-all");
            if (level is null)
            {
                return null;
            }

            Tell(exchange, schema, level);
            if (level.IsExempt || exchange.Target.IsLongRunning)
            {
                _meter.Dispatched(level.Name, schema.Name, TimeSpan.Zero);
                return null;
            }

            seats = Math.Min(seats, Math.Max(1, level.Nominal));
            if (level.Queued == 0 && HasRoom(level, seats))
            {
                level.Take(seats);
                _meter.Dispatched(level.Name, schema.Name, TimeSpan.Zero);
                return new Place(this, level, seats);
            }

            request = new WaitingRequest($"{schema.Name}/{schema.FlowOf(exchange.Target, exchange.User)}", seats, _time.GetTimestamp());
            if (!level.TryEnqueue(request))
            {
                _meter.Rejected(level.Name, schema.Name, level.Queues.Length == 0 ? "concurrency-limit" : "queue-full");
                throw StatusFailure.TooManyRequests(TimeSpan.FromSeconds(1));
            }
        }

        await WaitAsync(exchange, level, schema, request);
        return new Place(this, level, seats);
    }

    private async Task WaitAsync(Exchange exchange, PriorityLevel level, FlowSchemaRule schema, WaitingRequest request)
    {
        var reason = "time-out";
        try
        {
            if (await request.Admitted.Task.WaitAsync(_options.RequestTimeout / 4, _time, exchange.Cancellation))
            {
                _meter.Dispatched(level.Name, schema.Name, _time.GetElapsedTime(request.Since));
                return;
            }

            reason = "queue-full";
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (!level.Remove(request) && request.Admitted.Task is { IsCompletedSuccessfully: true, Result: true })
                {
                    // It was let in at the same moment: the seats go to the next.
                    level.Give(request.Seats);
                    Dispatch();
                }
            }

            if (gone is OperationCanceledException)
            {
                _meter.Rejected(level.Name, schema.Name, "cancelled");
                throw;
            }
        }

        _meter.Rejected(level.Name, schema.Name, reason);
        throw StatusFailure.TooManyRequests(TimeSpan.FromSeconds(1));
    }

    private void Leave(PriorityLevel level, int seats)
    {
        lock (_lock)
        {
            level.Give(seats);
            Dispatch();
        }
    }

    // Whoever frees a seat looks for those who wait, at every level: a lent seat may be wanted anywhere.
    private void Dispatch()
    {
        foreach (var level in _levels.Values)
        {
            while (level.Queued > 0 && level.Peek() is { } next && HasRoom(level, next.Seats))
            {
                level.Dequeue();
                level.Take(next.Seats);
                next.Admitted.TrySetResult(true);
            }
        }
    }

    private bool HasRoom(PriorityLevel level, int seats)
    {
        var beyond = level.InUse + seats - level.Nominal;
        if (beyond <= 0)
        {
            return true;
        }

        if (beyond > level.MayBorrow)
        {
            return false;
        }

        // Seats that others lend and do not use, less what is borrowed already.
        var free = 0;
        foreach (var other in _levels.Values)
        {
            if (other != level && !other.IsExempt)
            {
                free += other.InUse <= other.Nominal ? Math.Min(other.Lendable, other.Nominal - other.InUse) : other.Nominal - other.InUse;
            }
        }

        return beyond <= free;
    }

    private static void Tell(Exchange exchange, FlowSchemaRule schema, PriorityLevel level)
    {
        var headers = exchange.Http.Response.Headers;
        headers["X-Kubernetes-Pf-Flowschema-Uid"] = schema.Uid;
        headers["X-Kubernetes-Pf-Prioritylevel-Uid"] = level.Uid;
    }

    private sealed class Place(FairnessGate gate, PriorityLevel level, int seats) : IDisposable
    {
        private int _gone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gone, 1) == 0)
            {
                gate.Leave(level, seats);
            }
        }
    }
}

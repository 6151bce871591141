namespace Naru.Controllers.Runtime;

/// <summary>An event as it is to be written: a new one (count 1, or no name yet) or one more of the same.</summary>
internal sealed class EventEntry
{
    public required ObjectEvent Event { get; set; }

    public required string Message { get; set; }

    public required DateTimeOffset First { get; set; }

    public int Count { get; set; }

    public string? Name { get; set; }
}

/// <summary>Counts equal events, combines similar ones (more than ten that differ in the message alone within ten minutes) and limits what one object may tell (25 at once, then one in
/// five minutes): the numbers are Kubernetes' own. Remembers a bounded number of events. Used by one thread at a time.</summary>
internal sealed class EventCorrelator(TimeProvider time)
{
    private const int Burst = 25;
    private const int SimilarLimit = 10;
    private const int Remembered = 4096;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SimilarWithin = TimeSpan.FromMinutes(10);

    private readonly Recent<EventEntry> _equal = new(Remembered);
    private readonly Recent<Similar> _similar = new(Remembered);
    private readonly Recent<Bucket> _buckets = new(Remembered);

    /// <summary>What is to be written; null if the object has told too much.</summary>
    public EventEntry? Correlate(ObjectEvent happened)
    {
        var now = time.GetUtcNow();
        var about = string.Join('\0', happened.About.Select(static field => field.Key == "resourceVersion" ? "" : field.Value.ToString()));
        var group = string.Join('\0', happened.Component, about, happened.IsWarning ? "W" : "N", happened.Reason);
        var (key, message) = Combine(group, happened.Message, now);
        if (!TryTake(string.Join('\0', happened.Component, about), now))
        {
            return null;
        }

        var entry = _equal.Get(key, () => new EventEntry { Event = happened, Message = message, First = now });
        entry.Count++;
        entry.Event = happened;
        entry.Message = message;
        return entry;
    }

    private (string Key, string Message) Combine(string group, string message, DateTimeOffset now)
    {
        var similar = _similar.Get(group, static () => new Similar());
        if (now - similar.Last > SimilarWithin)
        {
            similar.Messages.Clear();
        }

        similar.Last = now;
        if (similar.Messages.Count < SimilarLimit)
        {
            similar.Messages.Add(message);
        }

        return similar.Messages.Count < SimilarLimit
            ? (group + '\0' + message, message)
            : (group, "(combined from similar events): " + message);
    }

    private bool TryTake(string source, DateTimeOffset now)
    {
        var bucket = _buckets.Get(source, () => new Bucket { Tokens = Burst, At = now });
        bucket.Tokens = Math.Min(Burst, bucket.Tokens + ((now - bucket.At) / Refill));
        bucket.At = now;
        if (bucket.Tokens < 1)
        {
            return false;
        }

        bucket.Tokens--;
        return true;
    }

    private sealed class Similar
    {
        public HashSet<string> Messages { get; } = [];

        public DateTimeOffset Last { get; set; }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public DateTimeOffset At { get; set; }
    }

    /// <summary>The most recently used entries; half of them go when there are too many.</summary>
    private sealed class Recent<T>(int capacity)
        where T : class
    {
        private readonly Dictionary<string, (T Value, long Used)> _entries = [];
        private long _clock;

        public T Get(string key, Func<T> make)
        {
            var value = _entries.TryGetValue(key, out var there) ? there.Value : make();
            _entries[key] = (value, ++_clock);
            if (_entries.Count > capacity)
            {
                var limit = _clock - (capacity / 2);
                foreach (var old in _entries.Where(pair => pair.Value.Used <= limit).Select(static pair => pair.Key).ToList())
                {
                    _entries.Remove(old);
                }
            }

            return value;
        }
    }
}

namespace Naru.Agent.Events;

/// <summary>Keeps events from flooding the cluster, as clients of Kubernetes do: only so many about one thing, and many that differ in words alone become one. One thread.</summary>
internal sealed class EventFlood(TimeProvider time)
{
    private const int Burst = 25;
    private const int MostAlike = 10;
    private const int MostRemembered = 4096;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AlikeFor = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, (double Left, DateTimeOffset At)> _buckets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HashSet<string> Messages, DateTimeOffset At)> _alike = new(StringComparer.Ordinal);

    /// <summary>There is still room for an event about this thing.</summary>
    public bool Admits(string subject)
    {
        var now = time.GetUtcNow();
        var (left, at) = _buckets.GetValueOrDefault(subject, (Burst, now));
        left = Math.Min(Burst, left + ((now - at) / Refill));
        if (_buckets.Count > MostRemembered)
        {
            _buckets.Clear();
        }

        _buckets[subject] = (left < 1 ? left : left - 1, now);
        return left >= 1;
    }

    /// <summary>The words of an event: its own, or those that stand for many like it.</summary>
    public (string Key, string Message) Word(string kind, string message)
    {
        var now = time.GetUtcNow();
        if (!_alike.TryGetValue(kind, out var alike) || now - alike.At > AlikeFor)
        {
            alike = (new HashSet<string>(StringComparer.Ordinal), now);
        }

        if (_alike.Count > MostRemembered)
        {
            _alike.Clear();
        }

        _alike[kind] = (alike.Messages, now);
        if (alike.Messages.Count < MostAlike)
        {
            alike.Messages.Add(message);
        }

        return alike.Messages.Contains(message) ? ($"{kind}|{message}", message) : (kind, "(combined from similar events): " + message);
    }
}

namespace Naru.Traffic.Names;

/// <summary>Answers of other servers for as long as they allow, by question bytes. Bounded; the oldest go first.</summary>
internal sealed class AnswerCache(TimeProvider clock)
{
    private const int MostEntries = 2000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (byte[] Answer, long Until)> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>All of the question but its id.</summary>
    internal static string Key(ReadOnlySpan<byte> question, bool overUdp) => (overUdp ? "u" : "t") + Convert.ToBase64String(question[2..]);

    internal byte[]? Find(string key, ReadOnlySpan<byte> question)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry) || entry.Until < clock.GetTimestamp())
            {
                return null;
            }

            byte[] answer = [.. entry.Answer];
            question[..2].CopyTo(answer);
            return answer;
        }
    }

    internal void Keep(string key, byte[] answer)
    {
        if (DnsAnswer.Lifetime(answer) is not { } lifetime || lifetime <= TimeSpan.Zero)
        {
            return;
        }

        var until = clock.GetTimestamp() + (long)((lifetime < Longest ? lifetime : Longest).TotalSeconds * clock.TimestampFrequency);
        lock (_lock)
        {
            if (!_entries.ContainsKey(key))
            {
                _order.Enqueue(key);
            }

            _entries[key] = (answer, until);
            while (_entries.Count > MostEntries)
            {
                _entries.Remove(_order.Dequeue());
            }
        }
    }
}

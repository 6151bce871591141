using System.Buffers.Binary;

namespace Naru.Traffic.Names;

/// <summary>Answers of other servers, denials too, for as long as they allow, by question bytes; their times run down meanwhile. Bounded; the oldest go first.</summary>
internal sealed class AnswerCache(TimeProvider clock)
{
    private const int MostEntries = 2000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
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
            var age = (uint)clock.GetElapsedTime(entry.Since).TotalSeconds;
            foreach (var place in entry.Times)
            {
                var time = answer.AsSpan(place);
                BinaryPrimitives.WriteUInt32BigEndian(time, BinaryPrimitives.ReadUInt32BigEndian(time) is var left && left > age ? left - age : 0);
            }

            return answer;
        }
    }

    internal void Keep(string key, byte[] answer)
    {
        var times = new List<int>();
        if (DnsAnswer.Lifetime(answer, times) is not { } lifetime || lifetime <= TimeSpan.Zero)
        {
            return;
        }

        var now = clock.GetTimestamp();
        var until = now + (long)((lifetime < Longest ? lifetime : Longest).TotalSeconds * clock.TimestampFrequency);
        lock (_lock)
        {
            if (!_entries.ContainsKey(key))
            {
                _order.Enqueue(key);
            }

            _entries[key] = new Entry(answer, [.. times], now, until);
            while (_entries.Count > MostEntries)
            {
                _entries.Remove(_order.Dequeue());
            }
        }
    }

    private sealed record Entry(byte[] Answer, int[] Times, long Since, long Until);
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>Believed tokens, for a short time, by their hash. Refusals are not kept: a token that becomes valid is believed at once.</summary>
internal sealed class TokenCache(AccessOptions options, TimeProvider time)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public bool TryGet(string token, IReadOnlyList<string> audiences, [NotNullWhen(true)] out TokenIdentity? identity)
    {
        identity = _entries.TryGetValue(Key(token, audiences), out var entry) && time.GetUtcNow() < entry.End ? entry.Identity : null;
        return identity is not null;
    }

    public void Keep(string token, IReadOnlyList<string> audiences, TokenIdentity identity)
    {
        if (options.TokenCacheTime <= TimeSpan.Zero)
        {
            return;
        }

        if (_entries.Count >= Most)
        {
            _entries.Clear();
        }

        _entries[Key(token, audiences)] = new Entry(identity, time.GetUtcNow() + options.TokenCacheTime);
    }

    private static string Key(string token, IReadOnlyList<string> audiences) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join('\n', audiences)}\n\n{token}")));

    private sealed record Entry(TokenIdentity Identity, DateTimeOffset End);
}

using System.Collections.Concurrent;
using System.Globalization;
using Naru.Core.Stores;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>Writes of this process on their way through the store. The feed takes over what is known of them in place of reading the same bytes again. Any thread.</summary>
internal sealed class OwnWrites
{
    private readonly ConcurrentDictionary<string, OwnWrite> _writes = new(StringComparer.Ordinal);

    /// <summary>Announces a write, whose tree nobody changes from now on.</summary>
    public void Announce(string key, OwnWrite write) => _writes[key] = write;

    /// <summary>Takes an announcement back, unless it was met.</summary>
    public void Withdraw(string key, OwnWrite write) => _writes.TryRemove(KeyValuePair.Create(key, write));

    /// <summary>The write that an entry comes from, its tree with the entry's revision; null if it is none of this process.</summary>
    public OwnWrite? Take(StoreEntry entry)
    {
        if (!_writes.TryRemove(entry.Key, out var write) || !entry.Value.Span.SequenceEqual(write.Bytes))
        {
            return null;
        }

        if (write.Tree is not null)
        {
            write.Tree.MakeMap("metadata")["resourceVersion"] = entry.Modified.ToString(CultureInfo.InvariantCulture);
        }

        return write;
    }
}

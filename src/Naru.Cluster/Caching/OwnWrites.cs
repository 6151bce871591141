using System.Collections.Concurrent;
using System.Globalization;
using Naru.Core.Stores;
using Naru.Objects.Values;

namespace Naru.Cluster.Caching;

/// <summary>Writes of this process on their way through the store. The feed takes their trees over in place of reading the same bytes again. Any thread.</summary>
internal sealed class OwnWrites
{
    private readonly ConcurrentDictionary<string, Write> _writes = new(StringComparer.Ordinal);

    /// <summary>Announces a write, whose tree nobody changes from now on.</summary>
    public Write Announce(string key, byte[] bytes, MapValue tree) => _writes[key] = new Write(bytes, tree);

    /// <summary>Takes an announcement back, unless it was met.</summary>
    public void Withdraw(string key, Write write) => _writes.TryRemove(KeyValuePair.Create(key, write));

    /// <summary>The tree of an entry, with its revision, if it is a write of this process.</summary>
    public MapValue? Take(StoreEntry entry)
    {
        if (!_writes.TryRemove(entry.Key, out var write) || !entry.Value.Span.SequenceEqual(write.Bytes))
        {
            return null;
        }

        write.Tree.MakeMap("metadata")["resourceVersion"] = entry.Modified.ToString(CultureInfo.InvariantCulture);
        return write.Tree;
    }

    /// <summary>One write.</summary>
    internal sealed record Write(byte[] Bytes, MapValue Tree);
}

using System.Collections.Immutable;
using Naru.Core.Units;

namespace Naru.Core.Stores;

/// <summary>One key's value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The bytes as written.</param>
/// <param name="Created">Revision at which the key came to be (again, after a deletion).</param>
/// <param name="Modified">Revision of the last change.</param>
/// <param name="Lease">Lease that the key goes with; 0 for none.</param>
public sealed record StoreEntry(string Key, ReadOnlyMemory<byte> Value, long Created, long Modified, long Lease = 0);

/// <summary>What a range read found.</summary>
/// <param name="Revision">The revision that the entries are as of.</param>
/// <param name="Entries">In order of key.</param>
/// <param name="More">There are further entries in the range beyond the limit.</param>
public sealed record StoreRange(long Revision, ImmutableArray<StoreEntry> Entries, bool More);

/// <summary>Writes that are made together if all conditions hold.</summary>
public sealed record StoreTransaction
{
    /// <summary>What must hold; may be empty.</summary>
    public ImmutableArray<StoreCondition> Conditions { get; init; } = [];

    /// <summary>What is written; a key at most once. A transaction without writes commits nothing and takes no revision.</summary>
    public required ImmutableArray<StoreWrite> Writes { get; init; }
}

/// <summary>The key's last change has this revision; 0: the key does not exist.</summary>
public readonly record struct StoreCondition(string Key, long Modified);

/// <summary>One write.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value; null deletes (deleting what does not exist is no error and no change).</param>
/// <param name="Lease">Lease that the key goes with; 0 for none.</param>
public readonly record struct StoreWrite(string Key, ReadOnlyMemory<byte>? Value, long Lease = 0);

/// <summary>How a transaction ended.</summary>
/// <param name="Succeeded">All conditions held and all writes are durable.</param>
/// <param name="Revision">The transaction's revision if it succeeded, else the newest one.</param>
/// <param name="Current">If it failed: what stands at the keys of the conditions that did not hold (keys that do not exist are left out).</param>
public sealed record StoreCommit(bool Succeeded, long Revision, ImmutableArray<StoreEntry> Current);

/// <summary>All changes of one revision that a watch is to see.</summary>
public sealed record StoreBatch(long Revision, ImmutableArray<StoreChange> Changes);

/// <summary>One change.</summary>
/// <param name="Key">The key.</param>
/// <param name="Current">The entry after the change; null if the key was deleted.</param>
/// <param name="Previous">The entry before it; null if there was none or history no longer has it.</param>
public sealed record StoreChange(string Key, StoreEntry? Current, StoreEntry? Previous);

/// <summary>Size and history of a store.</summary>
/// <param name="Revision">Newest revision.</param>
/// <param name="Compacted">History up to and including this revision is gone.</param>
/// <param name="Keys">Keys that exist.</param>
/// <param name="OnDisk">Bytes of its files.</param>
public sealed record StoreStatistics(long Revision, long Compacted, long Keys, ByteSize OnDisk);

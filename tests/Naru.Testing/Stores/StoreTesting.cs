using System.Text;
using Naru.Core.Stores;

namespace Naru.Testing.Stores;

/// <summary>Short forms for tests of stores.</summary>
public static class StoreTesting
{
    public static StoreWrite Put(string key, string value, long lease = 0) => new(key, Encoding.UTF8.GetBytes(value), lease);

    public static StoreWrite Delete(string key) => new(key, null);

    public static StoreTransaction Transaction(params StoreWrite[] writes) => new() { Writes = [.. writes] };

    public static StoreTransaction If(this StoreTransaction transaction, string key, long modified) =>
        transaction with { Conditions = transaction.Conditions.Add(new StoreCondition(key, modified)) };

    public static string TextOf(this StoreEntry entry) => Encoding.UTF8.GetString(entry.Value.Span);

    /// <summary>Puts one value and returns its revision.</summary>
    public static async Task<long> PutAsync(this IStore store, string key, string value, CancellationToken cancellationToken, long lease = 0) =>
        (await store.CommitAsync(Transaction(Put(key, value, lease)), cancellationToken)).Revision;

    /// <summary>Deletes one key and returns the revision.</summary>
    public static async Task<long> DeleteAsync(this IStore store, string key, CancellationToken cancellationToken) =>
        (await store.CommitAsync(Transaction(Delete(key)), cancellationToken)).Revision;

    /// <summary>Everything under a prefix, as of the newest revision.</summary>
    public static Task<StoreRange> ListAsync(this IStore store, string prefix, CancellationToken cancellationToken) =>
        store.RangeAsync(prefix, StoreKeys.EndOf(prefix), 0, 0, cancellationToken);

    /// <summary>The value of a key; null when it does not exist.</summary>
    public static async Task<string?> GetAsync(this IStore store, string key, CancellationToken cancellationToken) =>
        (await store.RangeAsync(key, key + "\0", 0, 0, cancellationToken)).Entries is [var entry] ? entry.TextOf() : null;

    /// <summary>The next batches of a watch from a revision.</summary>
    public static async Task<List<StoreBatch>> WatchSomeAsync(this IStore store, string prefix, long after, int count, CancellationToken cancellationToken)
    {
        var batches = new List<StoreBatch>();
        await foreach (var batch in store.WatchAsync(prefix, after, cancellationToken))
        {
            batches.Add(batch);
            if (batches.Count == count)
            {
                break;
            }
        }

        return batches;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Core.Stores;

/// <summary>Copies all keys of one store to another, as of one revision, and reads them back. Both may be of any kind; the source may be read meanwhile,
/// and what is written to it after the start is not copied.</summary>
/// <remarks>
/// 1. A target that has keys is refused, unless it carries the mark of an unfinished migration of the same source: then the migration goes on where it ended.
/// 2. The mark is written; the target's revision is taken above the source's, where it can be (<see cref="IStoreRevisions"/>), so that no client meets a revision twice.
/// 3. Keys are copied in order, in pieces. Keys under a lease are left out: who holds a lease makes its keys anew.
/// 4. Source and target are read again; number and digest must be the same, else the failure is DataLoss and the mark stays.
/// 5. The mark is removed and the target's history compacted, so that watches of old revisions list again.
/// </remarks>
/// <param name="source">Where the keys are.</param>
/// <param name="sourceName">Tells sources apart, as <c>sqlite:/var/lib/naru/store.db</c>; kept in the mark.</param>
/// <param name="target">Where they go.</param>
public sealed class StoreMigration(IStore source, string sourceName, IStore target)
{
    /// <summary>The key of the mark, before all others.</summary>
    public const string Mark = "\u0001migration";

    private const int PageSize = 100;
    private const int PieceBytes = 1 << 20;
    private const string First = "";
    private static readonly string Last = StoreKeys.EndOf("");

    /// <summary>Runs it to its end. May be cancelled and run again.</summary>
    /// <param name="progress">Told how many keys are copied, now and then; null for nobody.</param>
    /// <param name="cancellationToken">Ends it; the target keeps what it has.</param>
    /// <exception cref="NaruException">FailedPrecondition when the target is not empty or the source itself unfinished, DataLoss when the copy is not the same.</exception>
    public async Task<StoreMigrationResult> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var revision = await source.GetRevisionAsync(cancellationToken);
        var from = await BeginAsync(revision, cancellationToken);
        if (target is IStoreRevisions revisions)
        {
            await revisions.AdvanceAsync(revision, cancellationToken);
        }

        await CopyAsync(from, revision, progress, cancellationToken);
        var (keys, skipped, digest) = await DigestAsync(source, revision, cancellationToken);
        var (copied, _, copy) = await DigestAsync(target, 0, cancellationToken);
        if (keys != copied || digest != copy)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the migrated store is not the same: {copied} keys of {keys}, digest {copy} for {digest}");
        }

        var end = await target.CommitAsync(new StoreTransaction { Writes = [new StoreWrite(Mark, null)] }, cancellationToken);
        await target.CompactAsync(end.Revision, cancellationToken);
        return new StoreMigrationResult(revision, end.Revision, keys, skipped, digest);
    }

    /// <returns>The key from which on to copy.</returns>
    private async Task<string> BeginAsync(long revision, CancellationToken cancellationToken)
    {
        if (await FindAsync(source, Mark, cancellationToken) is not null)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, "the source is itself the target of an unfinished migration: finish that one first");
        }

        var text = $"{revision} {sourceName}";
        if (await FindAsync(target, Mark, cancellationToken) is not { } mark)
        {
            if ((await target.RangeAsync(First, Last, 1, 0, cancellationToken)).Entries.Length > 0)
            {
                throw new NaruException(ErrorKind.FailedPrecondition, "the target of the migration is not empty");
            }

            await target.CommitAsync(new StoreTransaction { Writes = [new StoreWrite(Mark, Encoding.UTF8.GetBytes(text))] }, cancellationToken);
            return First;
        }

        var (began, name) = Parse(mark);
        if (name != sourceName)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"the target carries an unfinished migration of another store, {name}");
        }

        if (began == revision)
        {
            return await LastKeyAsync(cancellationToken);
        }

        // The source has changed since: what was copied may be old, so all is copied anew.
        await EmptyAsync(cancellationToken);
        await target.CommitAsync(new StoreTransaction { Writes = [new StoreWrite(Mark, Encoding.UTF8.GetBytes(text))] }, cancellationToken);
        return First;
    }

    private async Task CopyAsync(string from, long revision, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var piece = new List<StoreWrite>();
        var bytes = 0;
        var copied = 0L;
        await foreach (var entry in EntriesAsync(source, from, revision, cancellationToken))
        {
            var size = entry.Value.Length + (entry.Key.Length * 3);
            if (piece.Count == PageSize || (piece.Count > 0 && bytes + size > PieceBytes))
            {
                await WriteAsync();
            }

            piece.Add(new StoreWrite(entry.Key, entry.Value));
            bytes += size;
        }

        await WriteAsync();

        async Task WriteAsync()
        {
            if (piece.Count > 0)
            {
                await target.CommitAsync(new StoreTransaction { Writes = [.. piece] }, cancellationToken);
                progress?.Report(copied += piece.Count);
                piece.Clear();
                bytes = 0;
            }
        }
    }

    private async Task<string> LastKeyAsync(CancellationToken cancellationToken)
    {
        var last = First;
        await foreach (var entry in EntriesAsync(target, First, 0, cancellationToken))
        {
            last = entry.Key + "\0";
        }

        return last;
    }

    private async Task EmptyAsync(CancellationToken cancellationToken)
    {
        while ((await target.RangeAsync(Mark + "\0", Last, PageSize, 0, cancellationToken)).Entries is { Length: > 0 } entries)
        {
            await target.CommitAsync(new StoreTransaction { Writes = [.. entries.Select(entry => new StoreWrite(entry.Key, null))] }, cancellationToken);
        }
    }

    private static async Task<(long Keys, long Skipped, string Digest)> DigestAsync(IStore store, long revision, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (keys, skipped) = (0L, 0L);
        var lengths = new byte[8];
        await foreach (var entry in EntriesAsync(store, First, revision, cancellationToken, () => skipped++))
        {
            var key = Encoding.UTF8.GetBytes(entry.Key);
            BinaryPrimitives.WriteInt32LittleEndian(lengths, key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(4), entry.Value.Length);
            hash.AppendData(lengths);
            hash.AppendData(key);
            hash.AppendData(entry.Value.Span);
            keys++;
        }

        return (keys, skipped, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <summary>All entries but the mark and those under a lease.</summary>
    private static async IAsyncEnumerable<StoreEntry> EntriesAsync(
        IStore store, string from, long revision, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken, Action? skipped = null)
    {
        for (var more = true; more;)
        {
            var page = await store.RangeAsync(from, Last, PageSize, revision, cancellationToken);
            foreach (var entry in page.Entries)
            {
                from = entry.Key + "\0";
                if (entry.Lease != 0)
                {
                    skipped?.Invoke();
                }
                else if (entry.Key != Mark)
                {
                    yield return entry;
                }
            }

            revision = page.Revision;
            more = page.More;
        }
    }

    private static async Task<StoreEntry?> FindAsync(IStore store, string key, CancellationToken cancellationToken) =>
        (await store.RangeAsync(key, key + "\0", 1, 0, cancellationToken)).Entries.FirstOrDefault();

    private static (long Revision, string Name) Parse(StoreEntry mark)
    {
        var text = Encoding.UTF8.GetString(mark.Value.Span);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && long.TryParse(text.AsSpan(0, space), out var revision)
            ? (revision, text[(space + 1)..])
            : throw new NaruException(ErrorKind.DataLoss, "the mark of the unfinished migration is damaged");
    }
}

/// <summary>How a migration ended.</summary>
/// <param name="SourceRevision">The revision that was copied.</param>
/// <param name="TargetRevision">The target's newest revision.</param>
/// <param name="Keys">Keys copied.</param>
/// <param name="Skipped">Keys under a lease, left out.</param>
/// <param name="Digest">SHA-256 over keys and values, equal on both sides.</param>
public sealed record StoreMigrationResult(long SourceRevision, long TargetRevision, long Keys, long Skipped, string Digest);

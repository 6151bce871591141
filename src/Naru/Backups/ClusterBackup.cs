using Naru.Composition;
using Naru.Core.Lifetime;
using Naru.Core.Stores;
using Naru.Store.Sqlite;

namespace Naru.Backups;

/// <summary>The cluster's objects in a backup: a copy of the store as of one revision, made while it is in use, read back and checked. Objects that etcd keeps are copied
/// into a database of the same form, so that a backup can be restored without the etcd that it came from.</summary>
internal sealed class ClusterBackup(EngineDirectories directories, StoreValve store, TimeProvider time, ILoggerFactory logging) : IDisposable
{
    /// <summary>Path of the copy below the data directory.</summary>
    public const string CopyName = ClusterComposition.DatabaseName + ".copy";

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Makes the copy, which is deleted when the answer is disposed. One backup at a time.</summary>
    public async Task<IDisposable> CopyAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var path = directories.DataPath(CopyName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            if (store.Inner is IStoreSnapshots snapshots)
            {
                await snapshots.SnapshotAsync(path, cancellationToken);
            }
            else
            {
                await CopyToFileAsync(path, cancellationToken);
            }

            return new Copy(path, _one);
        }
        catch
        {
            File.Delete(path);
            _one.Release();
            throw;
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>In a restored tree: the copy becomes the store.</summary>
    public static void PutInPlace(string tree)
    {
        var copy = Path.Combine(tree, CopyName);
        if (File.Exists(copy))
        {
            SnapshotFile.Verify(copy);
            File.Move(copy, Path.Combine(tree, ClusterComposition.DatabaseName));
        }
    }

    private async Task CopyToFileAsync(string path, CancellationToken cancellationToken)
    {
        var work = path + ".work";
        await using (var target = new SqliteStore(new SqliteStoreOptions { Path = work }, time, logging.CreateLogger<SqliteStore>()))
        {
            await target.OpenAsync(cancellationToken);
            await new StoreMigration(store, "backup", target).RunAsync(null, cancellationToken);
            await target.SnapshotAsync(path, cancellationToken);
        }

        foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(work)!, Path.GetFileName(work) + "*"))
        {
            File.Delete(left);
        }
    }

    private sealed class Copy(string path, SemaphoreSlim one) : IDisposable
    {
        public void Dispose()
        {
            File.Delete(path);
            one.Release();
        }
    }
}

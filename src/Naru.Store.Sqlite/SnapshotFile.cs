using System.Security.Cryptography;
using Naru.Core.Stores;
using Naru.Core.Units;
using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite;

/// <summary>A copy of a store in one file, as <see cref="SqliteStore.SnapshotAsync"/> makes it: a store again when it is put in place.</summary>
public static class SnapshotFile
{
    /// <summary>Checks every page and row.</summary>
    /// <exception cref="Core.Errors.NaruException">DataLoss when it is damaged or no store.</exception>
    public static StoreSnapshot Verify(string path)
    {
        long revision, keys;
        using (var connection = Connection.Open(path, ByteSize.FromMebibytes(4), readOnly: true))
        {
            Schema.Check(connection);
            var verdict = connection.Text("PRAGMA integrity_check(1)");
            if (verdict != "ok")
            {
                throw SqliteFailures.Damaged(path, verdict);
            }

            revision = connection.Number("SELECT revision FROM state");
            keys = connection.Number("SELECT count(*) FROM entry");
            if (keys != connection.Number("SELECT keys FROM state"))
            {
                throw SqliteFailures.Damaged(path, "it does not have as many keys as it says");
            }
        }

        using var file = File.OpenRead(path);
        return new StoreSnapshot(path, revision, keys, new ByteSize(file.Length), Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}

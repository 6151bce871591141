using Naru.Core.Units;

namespace Naru.Core.Stores;

/// <summary>A store that can copy itself to a file while it is in use.</summary>
public interface IStoreSnapshots
{
    /// <summary>Copies everything, as of one revision, to a new file and reads it back: when this returns, the copy is known to be whole.
    /// Reads and writes go on meanwhile. A failure leaves a file that is not to be used.</summary>
    /// <exception cref="Errors.NaruException">AlreadyExists when the file exists, ResourceExhausted when the disk is full, DataLoss when the copy or the store is damaged.</exception>
    Task<StoreSnapshot> SnapshotAsync(string path, CancellationToken cancellationToken);
}

/// <summary>A copy of a store.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Revision">The revision that it is as of.</param>
/// <param name="Keys">Keys in it.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Checksum of the file, lower-case hexadecimal.</param>
public sealed record StoreSnapshot(string Path, long Revision, long Keys, ByteSize Size, string Sha256);

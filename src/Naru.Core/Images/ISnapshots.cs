using Naru.Core.Containers;
using Naru.Core.Units;

namespace Naru.Core.Images;

/// <summary>
/// Writable roots on top of layers. A key is chosen by the caller (a container id, a build step) and names one writable root until it is removed.
/// A root is prepared, mounted any number of times (mounts are counted), unmounted, turned into a layer if wished, and removed.
/// Each call may be repeated; after a crash <see cref="SweepAsync"/> with the keys still wanted removes the rest.
/// </summary>
public interface ISnapshots
{
    /// <summary>Makes an empty writable root over a chain. Does nothing when the key is prepared already over the same chain.</summary>
    /// <param name="key">Its name: letters, digits, <c>-</c>, <c>_</c>.</param>
    /// <param name="parent">What lies below.</param>
    /// <param name="limit">Most bytes it may hold; null: none. <see cref="Errors.ErrorKind.NotImplemented"/> where the file system has no quotas.</param>
    /// <param name="users">Ids of the host that own the files while it is mounted, each as its layer says inside; null: the very ids of the layers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task PrepareAsync(string key, LayerChain parent, ByteSize? limit, UserMapping? users, CancellationToken cancellationToken);

    /// <summary>Mounts it and returns the absolute path of the root. A root mounted already (also by an earlier run of naru) is not mounted again.</summary>
    Task<string> MountAsync(string key, CancellationToken cancellationToken);

    /// <summary>Undoes one <see cref="MountAsync"/>; the last one unmounts. Does nothing when not mounted.</summary>
    Task UnmountAsync(string key, CancellationToken cancellationToken);

    /// <summary>Counts a mount that an earlier run of naru made and that is still in use (adoption).</summary>
    Task<string> AdoptAsync(string key, CancellationToken cancellationToken);

    /// <summary>Unmounts by force and removes. Does nothing when unknown.</summary>
    Task RemoveAsync(string key, CancellationToken cancellationToken);

    /// <summary>Bytes in the writable part.</summary>
    Task<long> UsageAsync(string key, CancellationToken cancellationToken);

    /// <summary>Directory that holds what was written, in overlayfs form (whiteouts are 0:0 character devices), and the chain below. What was written belongs to the root's users.</summary>
    SnapshotPaths PathsOf(string key);

    /// <summary>Turns what was written into a layer (unpacked in the store, so that images can stand on it) and returns the chain with it on top.
    /// The writable root stays as it is. An empty change gives a layer too.</summary>
    Task<LayerChain> CommitAsync(string key, CancellationToken cancellationToken);

    /// <summary>Takes a tar (plain or compressed) as a new layer over a chain.</summary>
    Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, CancellationToken cancellationToken);

    /// <summary>Keeps a chain from being reclaimed until the lease is disposed. <see cref="Errors.ErrorKind.NotFound"/> when a layer of it is not here.</summary>
    IDisposable Hold(LayerChain chain);

    /// <summary>Removes all keys but these, and mounts that nobody knows. Called once after a start.</summary>
    Task SweepAsync(IReadOnlySet<string> wanted, CancellationToken cancellationToken);
}

/// <summary>Where a snapshot's parts lie on the host.</summary>
/// <param name="Upper">What was written.</param>
/// <param name="Lower">Directories of the layers below, topmost first.</param>
public sealed record SnapshotPaths(string Upper, IReadOnlyList<string> Lower);

using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Copying;

/// <summary>A writable root over layers, mounted while this lives.</summary>
internal sealed class SnapshotTree : IAsyncDisposable
{
    private readonly ISnapshots _snapshots;
    private readonly IDisposable _held;

    private SnapshotTree(ISnapshots snapshots, string key, string path, IDisposable held)
    {
        (_snapshots, Key, Path, _held) = (snapshots, key, path, held);
        Root = RootedDirectory.Open(path);
    }

    public string Key { get; }

    /// <summary>Where it is mounted on the host.</summary>
    public string Path { get; }

    public RootedDirectory Root { get; }

    public static async Task<SnapshotTree> OpenAsync(ISnapshots snapshots, LayerChain layers, CancellationToken cancellationToken)
    {
        var key = "build-" + Guid.NewGuid().ToString("N");
        var held = snapshots.Hold(layers);
        try
        {
            await snapshots.PrepareAsync(key, layers, null, null, cancellationToken);
            var path = await snapshots.MountAsync(key, cancellationToken);
            return new SnapshotTree(snapshots, key, path, held);
        }
        catch
        {
            await snapshots.RemoveAsync(key, CancellationToken.None);
            held.Dispose();
            throw;
        }
    }

    /// <summary>What was written, as a layer on top.</summary>
    public async Task<(LayerChain Layers, long Size)> CommitAsync(CancellationToken cancellationToken)
    {
        var size = await _snapshots.UsageAsync(Key, cancellationToken);
        return (await _snapshots.CommitAsync(Key, cancellationToken), size);
    }

    public async ValueTask DisposeAsync()
    {
        Root.Dispose();
        await _snapshots.UnmountAsync(Key, CancellationToken.None);
        await _snapshots.RemoveAsync(Key, CancellationToken.None);
        _held.Dispose();
    }
}

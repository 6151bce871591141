using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Images.Layers;
using Naru.Linux.Archives;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Images.Snapshots;

/// <summary>Writable roots by overlayfs: data directory/snapshots/KEY with upper, work and merged.</summary>
internal sealed partial class SnapshotStore(
    LayerStore layers, LayerUnpacker unpacker, EngineDirectories directories, ILogger<SnapshotStore> logger) : ISnapshots
{
    private readonly ConcurrentDictionary<string, Snapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly string _root = directories.DataPath("snapshots");
    private readonly string _empty = directories.DataPath("images", "empty");

    /// <summary>Reads what an earlier run left.</summary>
    internal void Load()
    {
        ScatteredDirectory.Create(_root);
        Directory.CreateDirectory(_empty);
        foreach (var directory in Directory.GetDirectories(_root))
        {
            var key = Path.GetFileName(directory);
            try
            {
                var record = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, Snapshot.RecordName)), SnapshotJson.Default.SnapshotRecord)!;
                var chain = new LayerChain([.. record.Layers.Select(Digest.Parse)]);
                _snapshots[key] = new(key, chain, record.Users, directory, layers.Hold(chain));
                MappedLayers.Sweep(directory);
            }
            catch (Exception broken) when (broken is IOException or JsonException or NaruException)
            {
                LogHalfMade(key, broken.Message);
                RemoveDirectory(directory);
            }
        }
    }

    public Task PrepareAsync(string key, LayerChain parent, ByteSize? limit, UserMapping? users, CancellationToken cancellationToken)
    {
        Check(key);
        if (limit is not null)
        {
            throw new NaruException(ErrorKind.NotImplemented, "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
        }

        if (_snapshots.TryGetValue(key, out var known))
        {
            return known.Chain.Equals(parent) ? Task.CompletedTask : throw new NaruException(ErrorKind.AlreadyExists, $"snapshot {key} exists over other layers");
        }

        var directory = Path.Combine(_root, key);
        var snapshot = new Snapshot(key, parent, users, directory, layers.HoldExisting(parent));
        try
        {
            Directory.CreateDirectory(directory);
            Directory.CreateDirectory(snapshot.Upper);
            Directory.CreateDirectory(snapshot.Work);
            Directory.CreateDirectory(snapshot.Mounted);
            if (users is not null)
            {
                using var own = RootedDirectory.Open(directory);
                own.ChangeOwner("upper", users.First, users.First);
                own.ChangeOwner("work", users.First, users.First);
            }

            var record = new SnapshotRecord { Layers = [.. parent.DiffIds.Select(diff => diff.Value)], Users = users };
            AtomicFile.Replace(
                Path.Combine(directory, Snapshot.RecordName), JsonSerializer.SerializeToUtf8Bytes(record, SnapshotJson.Default.SnapshotRecord), durable: false);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }

        if (!_snapshots.TryAdd(key, snapshot))
        {
            snapshot.Dispose();
        }

        return Task.CompletedTask;
    }

    public async Task<string> MountAsync(string key, CancellationToken cancellationToken)
    {
        var snapshot = await EnterAsync(key, cancellationToken);
        try
        {
            if (!IsMounted(snapshot))
            {
                snapshot.Mounts = 0;
                var lower = LowerOf(snapshot);

                // A restored backup has no mount points: they are other file systems, which it does not enter.
                Directory.CreateDirectory(snapshot.Mounted);
                var overlay = new OverlayMount { Lower = [.. lower.Count == 0 ? [_empty] : lower], Upper = snapshot.Upper, Work = snapshot.Work };
                if (snapshot.Users is { } users && lower.Count > 0)
                {
                    MappedLayers.Mount(overlay, users, snapshot.Directory, snapshot.Mounted);
                }
                else
                {
                    OverlayMounter.Mount(overlay, snapshot.Mounted);
                }
            }

            snapshot.Mounts++;
            return snapshot.Mounted;
        }
        finally
        {
            snapshot.Gate.Release();
        }
    }

    public async Task UnmountAsync(string key, CancellationToken cancellationToken)
    {
        if (!_snapshots.ContainsKey(key))
        {
            return;
        }

        var snapshot = await EnterAsync(key, cancellationToken);
        try
        {
            if (snapshot.Mounts > 0 && --snapshot.Mounts > 0)
            {
                return;
            }

            Mounter.Unmount(snapshot.Mounted, lazy: true);
        }
        finally
        {
            snapshot.Gate.Release();
        }
    }

    public Task<string> AdoptAsync(string key, CancellationToken cancellationToken) => MountAsync(key, cancellationToken);

    public async Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        Check(key);
        if (!_snapshots.TryGetValue(key, out var snapshot))
        {
            return;
        }

        await snapshot.Gate.WaitAsync(cancellationToken);
        try
        {
            if (!snapshot.IsRemoved)
            {
                // Without its record a half-removed root is known for what it is at the next start.
                File.Delete(Path.Combine(snapshot.Directory, Snapshot.RecordName));
                snapshot.IsRemoved = true;
            }

            RemoveDirectory(snapshot.Directory);
            _snapshots.TryRemove(new KeyValuePair<string, Snapshot>(key, snapshot));
            snapshot.Dispose();
        }
        finally
        {
            snapshot.Gate.Release();
        }

        // An image that was removed by force while this stood on it leaves its layers to the last one that goes.
        if (!layers.IsUsed(snapshot.Chain))
        {
            await layers.CollectAsync(withYoung: false, cancellationToken);
        }
    }

    public Task<long> UsageAsync(string key, CancellationToken cancellationToken)
    {
        var upper = Get(key).Upper;
        return Task.Run(() => TreeSize.Measure(upper, cancellationToken).Bytes, cancellationToken);
    }

    public SnapshotPaths PathsOf(string key)
    {
        var snapshot = Get(key);
        return new(snapshot.Upper, LowerOf(snapshot));
    }

    public async Task<LayerChain> CommitAsync(string key, CancellationToken cancellationToken)
    {
        // The writable root may go on changing: what is hashed must be what is kept, so it is read once, as a tar, and goes the way of every tar.
        var snapshot = Get(key);
        var pipe = new Pipe(new(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 64 << 10, useSynchronizationContext: false));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var archiving = Task.Run(() => ArchiveAsync(snapshot, pipe.Writer, stop.Token), CancellationToken.None);
        try
        {
            await using var tar = pipe.Reader.AsStream();
            return await ApplyAsync(snapshot.Chain, tar, DevicePolicy.Any, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await archiving;
        }
    }

    public Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, CancellationToken cancellationToken) =>
        ApplyAsync(parent, layer, DevicePolicy.Harmless, cancellationToken);

    public IDisposable Hold(LayerChain chain) => layers.HoldExisting(chain);

    public async Task SweepAsync(IReadOnlySet<string> wanted, CancellationToken cancellationToken)
    {
        foreach (var key in _snapshots.Keys.Where(key => !wanted.Contains(key)).ToList())
        {
            LogSwept(key);
            await RemoveAsync(key, cancellationToken);
        }
    }

    private static void Check(string key)
    {
        if (key.Length is 0 or > 200 || key.AsSpan().ContainsAnyExcept(KeyLetters))
        {
            throw NaruException.Invalid($"invalid snapshot key {key}");
        }
    }

    private static readonly System.Buffers.SearchValues<char> KeyLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>A mounted directory lies on another file system than the one above it.</summary>
    private static bool IsMounted(Snapshot snapshot)
    {
        using var directory = RootedDirectory.Open(snapshot.Directory);
        return directory.TryStat("merged") is { } merged && merged.FileSystem != directory.Stat("").FileSystem;
    }

    private static void RemoveDirectory(string directory)
    {
        while (Mounter.Unmount(Path.Combine(directory, "merged"), lazy: true))
        {
        }

        MappedLayers.Sweep(directory);
        using var parent = RootedDirectory.Open(Path.GetDirectoryName(directory)!);
        parent.RemoveTree(Path.GetFileName(directory));
    }

    private static async Task ArchiveAsync(Snapshot snapshot, PipeWriter writer, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            using var source = RootedDirectory.Open(snapshot.Upper);
            await new DirectoryArchiver(new() { Whiteouts = WhiteoutForm.Overlay, Users = snapshot.Users }).WriteAsync(source, "", writer.AsStream(leaveOpen: true), cancellationToken);
        }
        catch (Exception any)
        {
            // Handed to the reader, which fails with it.
            failure = any;
        }

        await writer.CompleteAsync(failure);
    }

    private async Task<LayerChain> ApplyAsync(LayerChain parent, Stream layer, DevicePolicy devices, CancellationToken cancellationToken)
    {
        using var hold = layers.HoldExisting(parent);
        using var staged = layers.Stage();
        await unpacker.UnpackAsync(staged, layer, parent, expected: null, devices, cancellationToken);
        staged.Complete([.. layers.Get(parent).Reverse().Select(below => below.Files)]);
        var chain = parent.Push(Digest.Parse(staged.Record!.DiffId));
        await TakeAsync(staged, chain, cancellationToken);
        return chain;
    }

    private async Task TakeAsync(StagedLayer staged, LayerChain chain, CancellationToken cancellationToken)
    {
        using var gate = await layers.EnterAsync(chain.ChainId!.Value, cancellationToken);
        layers.Take([staged]);
    }

    private Snapshot Get(string key) =>
        _snapshots.TryGetValue(key, out var snapshot) ? snapshot : throw NaruException.NotFound($"snapshot {key} does not exist");

    private async Task<Snapshot> EnterAsync(string key, CancellationToken cancellationToken)
    {
        var snapshot = Get(key);
        await snapshot.Gate.WaitAsync(cancellationToken);
        if (snapshot.IsRemoved)
        {
            snapshot.Gate.Release();
            throw NaruException.NotFound($"snapshot {key} does not exist");
        }

        return snapshot;
    }

    private List<string> LowerOf(Snapshot snapshot) => [.. layers.Get(snapshot.Chain).Reverse().Select(layer => layer.Files)];

    [LoggerMessage(2010, LogLevel.Warning, "The writable root {Key} was half made and is removed: {Problem}")]
    private partial void LogHalfMade(string key, string problem);

    [LoggerMessage(2011, LogLevel.Information, "The writable root {Key} belongs to nobody and is removed")]
    private partial void LogSwept(string key);
}

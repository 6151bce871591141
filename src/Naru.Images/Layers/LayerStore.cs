using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Images.Layers;

/// <summary>
/// The unpacked layers, each once by its chain id. A layer is made in a staging directory, becomes durable by one sync of the file system for all
/// layers that come together, and appears by a rename; staging directories of an earlier run are removed at start. Nothing is removed that
/// an image, a writable root or a lease stands on, nor what is younger than a few minutes and nobody had the time to take.
/// </summary>
internal sealed partial class LayerStore(EngineDirectories directories, TimeProvider time, ILogger<LayerStore> logger)
{
    /// <summary>How long a new layer is safe without anybody holding it.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Digest, Layer> _layers = new();
    private readonly ConcurrentDictionary<Digest, SemaphoreSlim> _gates = new();
    private readonly ConcurrentDictionary<Digest, long> _born = new();
    private readonly ConcurrentDictionary<Guid, LayerChain> _leases = new();
    private readonly List<Func<IEnumerable<LayerChain>>> _users = [];
    private readonly ConcurrentDictionary<LayerChain, ImmutableArray<Digest>> _chainIds = new();
    private readonly Lock _gate = new();

    internal string Root { get; } = directories.DataPath("images", "layers");

    internal string Staging { get; } = directories.DataPath("images", "staging");

    /// <summary>Reads what is there and removes what was left half-made.</summary>
    internal void Load()
    {
        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Staging);
        using (var staging = RootedDirectory.Open(Staging))
        {
            staging.RemoveTree("");
        }

        foreach (var directory in Directory.GetDirectories(Root))
        {
            if (TryRead(directory) is { } layer)
            {
                _layers[layer.ChainId] = layer;
            }
            else
            {
                LogBroken(directory);
            }
        }
    }

    internal Layer? Find(Digest chainId) => _layers.GetValueOrDefault(chainId);

    /// <summary>All layers of a chain, lowest first. <see cref="ErrorKind.NotFound"/> if one is missing.</summary>
    internal ImmutableArray<Layer> Get(LayerChain chain)
    {
        var found = ImmutableArray.CreateBuilder<Layer>(chain.DiffIds.Length);
        foreach (var chainId in ChainIds(chain))
        {
            found.Add(Find(chainId) ?? throw NaruException.NotFound($"layer does not exist: {chainId}"));
        }

        return found.MoveToImmutable();
    }

    /// <summary>The chain id of every stack that the chain is built over, lowest first; its own is last.</summary>
    internal ImmutableArray<Digest> ChainIds(LayerChain chain) => _chainIds.GetOrAdd(chain, static chain =>
    {
        var ids = ImmutableArray.CreateBuilder<Digest>(chain.DiffIds.Length);
        foreach (var diff in chain.DiffIds)
        {
            ids.Add(ids.Count == 0 ? diff : Digest.Of(Encoding.ASCII.GetBytes($"{ids[^1].Value} {diff.Value}")));
        }

        return ids.MoveToImmutable();
    });

    /// <summary>Ends the grace of a chain that somebody took: without users it goes at the next collection.</summary>
    internal void Settle(LayerChain chain)
    {
        foreach (var chainId in ChainIds(chain))
        {
            _born.TryRemove(chainId, out _);
        }
    }

    /// <summary>True while an image, a writable root or a lease stands on the chain.</summary>
    internal bool IsUsed(LayerChain chain) => Users().Any(user =>
        user.DiffIds.Length >= chain.DiffIds.Length && user.DiffIds.AsSpan(0, chain.DiffIds.Length).SequenceEqual(chain.DiffIds.AsSpan()));

    /// <summary>Waits until nobody else makes the layer, and keeps others from making it. Take chains from the lowest up.</summary>
    internal async Task<IDisposable> EnterAsync(Digest chainId, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(chainId, static _ => new(1, 1));
        await gate.WaitAsync(cancellationToken);
        return new Lease(() => gate.Release());
    }

    internal StagedLayer Stage() => new(Path.Combine(Staging, Guid.NewGuid().ToString("N")));

    /// <summary>A new directory that is gone after a restart.</summary>
    internal string CreateTemporary() => Directory.CreateDirectory(Path.Combine(Staging, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Takes whole layers in, lowest first. They are on disk when this returns.</summary>
    internal void Take(IReadOnlyList<StagedLayer> layers)
    {
        if (layers.Count == 0)
        {
            return;
        }

        try
        {
            foreach (var layer in layers)
            {
                layer.WriteRecord();
            }

            FileSystems.Sync(Root);
        }
        catch (LinuxException full) when (full.Errno == Errno.NoSpace)
        {
            throw new NaruException(ErrorKind.ResourceExhausted, "no space left on device: the layers do not fit", full);
        }

        foreach (var staged in layers)
        {
            var chainId = staged.ChainId;
            if (_layers.ContainsKey(chainId))
            {
                continue;
            }

            var directory = Path.Combine(Root, chainId.Hex);
            Directory.Move(staged.DirectoryPath, directory);
            staged.MarkTaken(directory);
            _born[chainId] = time.GetTimestamp();
            _layers[chainId] = ToLayer(staged.Record!, directory);
        }

        AtomicFile.SyncDirectory(Root);
    }

    /// <summary>Notes a packed form that a registry holds. Lost notes cost an upload at most, so this is not made durable.</summary>
    internal void AddPacked(Digest chainId, PackedLayer packed)
    {
        if (Find(chainId) is not { } layer || layer.Record.Packed.Contains(packed))
        {
            return;
        }

        var known = layer.Record.Packed.Where(other => other.Digest != packed.Digest || other.Source != packed.Source).TakeLast(15);
        var record = layer.Record with { Packed = [.. known, packed] };
        AtomicFile.Replace(
            Path.Combine(layer.Directory, LayerDirectories.Record), JsonSerializer.SerializeToUtf8Bytes(record, LayerJson.Default.LayerRecord), durable: false);
        _layers[chainId] = layer with { Record = record };
    }

    internal IDisposable Hold(LayerChain chain)
    {
        var key = Guid.NewGuid();
        _leases[key] = chain;
        return new Lease(() => _leases.TryRemove(key, out _));
    }

    /// <summary>Holds a chain whose layers must all be here; <see cref="ErrorKind.NotFound"/> if one is missing.</summary>
    internal IDisposable HoldExisting(LayerChain chain)
    {
        lock (_gate)
        {
            Get(chain);
            return Hold(chain);
        }
    }

    /// <summary>Names somebody whose chains must stay.</summary>
    internal void AddUser(Func<IEnumerable<LayerChain>> user)
    {
        lock (_users)
        {
            _users.Add(user);
        }
    }

    /// <summary>Removes layers that nobody stands on, topmost first.</summary>
    /// <param name="withYoung">Also those within their grace; only where nothing can be in the making.</param>
    /// <param name="cancellationToken">Gives up between two layers.</param>
    internal async Task<ImmutableArray<Layer>> CollectAsync(bool withYoung, CancellationToken cancellationToken)
    {
        // 1. Out of the way by renames, so that a crash leaves no half layer under a good name, while nobody can take hold of one.
        var removed = ImmutableArray.CreateBuilder<Layer>();
        var trash = new List<string>();
        lock (_gate)
        {
            foreach (var layer in FindUnused(withYoung))
            {
                _layers.TryRemove(layer.ChainId, out _);
                _born.TryRemove(layer.ChainId, out _);
                var place = Guid.NewGuid().ToString("N");
                Directory.Move(layer.Directory, Path.Combine(Staging, place));
                trash.Add(place);
                removed.Add(layer);
            }
        }

        // 2. Away at leisure; the next start takes what is left.
        await Task.Run(
            () =>
            {
                using var staging = RootedDirectory.Open(Staging);
                foreach (var place in trash)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    staging.RemoveTree(place);
                }
            },
            cancellationToken);
        return removed.ToImmutable();
    }

    private List<Layer> FindUnused(bool withYoung)
    {
        var used = FindUsed();
        var unused = _layers.Values.Where(layer => !used.Contains(layer.ChainId) && (withYoung || !IsYoung(layer.ChainId))).ToDictionary(layer => layer.ChainId);

        // A layer below a young one stays with it.
        foreach (var kept in _layers.Values.Where(layer => !unused.ContainsKey(layer.ChainId)).ToList())
        {
            for (var parent = kept.Parent; parent is { } id && unused.Remove(id);)
            {
                parent = Find(id)?.Parent;
            }
        }

        return [.. unused.Values.OrderByDescending(HeightOf)];
    }

    private int HeightOf(Layer layer) => layer.Parent is { } parent && Find(parent) is { } below ? HeightOf(below) + 1 : 0;

    private HashSet<Digest> FindUsed() => [.. Users().Distinct().SelectMany(chain => ChainIds(chain))];

    private List<LayerChain> Users()
    {
        lock (_users)
        {
            return [.. _users.SelectMany(user => user()), .. _leases.Values];
        }
    }

    private bool IsYoung(Digest chainId) => _born.TryGetValue(chainId, out var born) && time.GetElapsedTime(born) < Grace;

    private static Layer? TryRead(string directory)
    {
        var path = Path.Combine(directory, LayerDirectories.Record);
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), LayerJson.Default.LayerRecord);
            return record is { Version: 1 } ? ToLayer(record, directory) : null;
        }
        catch (Exception broken) when (broken is IOException or JsonException or NaruException)
        {
            return null;
        }
    }

    private static Layer ToLayer(LayerRecord record, string directory) =>
        new(Digest.Parse(record.ChainId), Digest.Parse(record.DiffId), record.Parent is null ? null : Digest.Parse(record.Parent), record, directory);

    [LoggerMessage(2000, LogLevel.Error, "The layer directory {Directory} is broken and is left alone")]
    private partial void LogBroken(string directory);

    private sealed class Lease(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}

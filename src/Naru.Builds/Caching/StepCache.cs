using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Caching;

/// <summary>
/// Results of steps by what they depend on. A record is on disk before anybody sees it, so a killed naru loses at most the step it was in;
/// its layers are held as long as the record lives.
/// </summary>
internal sealed partial class StepCache(
    BuildDirectories directories, ISnapshots snapshots, IImages images, TimeProvider time, ILogger<StepCache> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _inUse = new(StringComparer.Ordinal);

    public KeyedLocks Locks { get; } = new();

    /// <summary>Reads what an earlier run left.</summary>
    public void Load()
    {
        foreach (var path in Directory.EnumerateFiles(directories.Cache))
        {
            var record = AtomicFile.IsLeftover(Path.GetFileName(path)) ? null : Read(path);
            if (record is null)
            {
                File.Delete(path);
                continue;
            }

            try
            {
                var held = Hold(record);
                lock (_lock)
                {
                    _entries[record.Key] = new Entry(record, held);
                }
            }
            catch (NaruException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                LogBroken(path, gone.Message);
                File.Delete(path);
            }
        }
    }

    /// <summary>The record of a key whose result is still here; null: none.</summary>
    public CacheRecordFile? Find(Digest key)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key.Hex, out entry))
            {
                return null;
            }
        }

        if (entry.Record.Image is { } image && images.Find(image) is null)
        {
            Remove(key.Hex);
            return null;
        }

        var used = entry.Record with { LastUsed = time.GetUtcNow(), UsageCount = entry.Record.UsageCount + 1 };
        Put(used, entry.Held);
        return used;
    }

    public void Add(CacheRecordFile record) => Put(record, Hold(record));

    public void Remove(string key)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.Remove(key, out entry))
            {
                return;
            }
        }

        File.Delete(PathOf(key));
        entry.Held?.Dispose();
    }

    /// <summary>Keeps a record from being pruned until disposed.</summary>
    public IDisposable Use(string key)
    {
        lock (_lock)
        {
            _inUse[key] = _inUse.GetValueOrDefault(key) + 1;
        }

        return new Usage(this, key);
    }

    /// <summary>All records but those that only point at images.</summary>
    public ImmutableArray<BuildCacheRecord> List()
    {
        var chains = images.List().Select(i => i.Layers).ToList();
        lock (_lock)
        {
            return [.. _entries.Values.Where(e => e.Record.Layers is not null).Select(e => Show(e.Record, chains)).OrderBy(r => r.Created)];
        }
    }

    private BuildCacheRecord Show(CacheRecordFile record, List<LayerChain> images) => new()
    {
        Id = record.Key,
        Parents = [.. record.Parents],
        Type = record.Type,
        Description = record.Description,
        InUse = _inUse.ContainsKey(record.Key),
        Shared = images.Exists(i => StartsWith(i, record.Layers!)),
        Size = record.Size,
        Created = record.Created,
        LastUsed = record.LastUsed,
        UsageCount = record.UsageCount,
    };

    private static bool StartsWith(LayerChain chain, string[] start)
    {
        if (chain.DiffIds.Length < start.Length)
        {
            return false;
        }

        for (var i = 0; i < start.Length; i++)
        {
            if (chain.DiffIds[i].Value != start[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Put(CacheRecordFile record, IDisposable? held)
    {
        AtomicFile.Replace(PathOf(record.Key), JsonSerializer.SerializeToUtf8Bytes(record, CacheJsonContext.Default.CacheRecordFile), durable: false);
        Entry? replaced;
        lock (_lock)
        {
            _entries.TryGetValue(record.Key, out replaced);
            _entries[record.Key] = new Entry(record, held);
        }

        if (replaced?.Held is { } old && !ReferenceEquals(old, held))
        {
            old.Dispose();
        }
    }

    private CacheRecordFile? Read(string path)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheJsonContext.Default.CacheRecordFile);
            return record is { Version: CacheRecordFile.CurrentVersion } && Path.GetFileName(path) == record.Key + ".json"
                && (record.Layers is null || record.Layers.All(l => Digest.TryParse(l, out _))) ? record : null;
        }
        catch (JsonException problem)
        {
            LogBroken(path, problem.Message);
            return null;
        }
    }

    private IDisposable? Hold(CacheRecordFile record) => record.Layers is null ? null : snapshots.Hold(ChainOf(record.Layers));

    internal static LayerChain ChainOf(string[] layers) => new([.. layers.Select(l => new Digest(l))]);

    private string PathOf(string key) => Path.Combine(directories.Cache, key + ".json");

    private sealed record Entry(CacheRecordFile Record, IDisposable? Held);

    private sealed class Usage(StepCache cache, string key) : IDisposable
    {
        private bool _given;

        public void Dispose()
        {
            lock (cache._lock)
            {
                if (_given)
                {
                    return;
                }

                _given = true;
                if (--cache._inUse[key] == 0)
                {
                    cache._inUse.Remove(key);
                }
            }
        }
    }

    [LoggerMessage(5000, LogLevel.Warning, "Build cache record {Path} is broken and was dropped: {Problem}")]
    private partial void LogBroken(string path, string problem);
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Caching;

/// <summary>Directories of <c>RUN --mount=type=cache</c>. They live until they are pruned, and take no part in any key.</summary>
internal sealed class CacheMounts(BuildDirectories directories, TimeProvider time)
{
    private const string Facts = "mount.json";
    private readonly KeyedLocks _locks = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

    /// <summary>Takes the directory of a mount. <c>locked</c> waits for other users, <c>private</c> takes another directory while one is used.</summary>
    /// <param name="mount">The mount; its id is set.</param>
    /// <param name="fill">Called with the empty directory of a mount that is new.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CacheMount> TakeAsync(RunMount mount, Func<string, CancellationToken, Task> fill, CancellationToken cancellationToken)
    {
        var name = Digest.Of(Encoding.UTF8.GetBytes(mount.Id)).Hex;
        IDisposable? exclusive = null;
        if (mount.Sharing == CacheSharing.Locked)
        {
            exclusive = await _locks.TakeAsync(name, cancellationToken);
        }
        else if (mount.Sharing == CacheSharing.Private)
        {
            var number = 0;
            var first = name;
            while ((exclusive = _locks.TryTake(name)) is null)
            {
                name = $"{first}-{++number}";
            }
        }

        try
        {
            using (await _locks.TakeAsync(name + " making", cancellationToken))
            {
                return new CacheMount(this, name, await MakeAsync(name, mount, fill, cancellationToken), exclusive);
            }
        }
        catch
        {
            exclusive?.Dispose();
            throw;
        }
    }

    public ImmutableArray<BuildCacheRecord> List(CancellationToken cancellationToken)
    {
        var records = ImmutableArray.CreateBuilder<BuildCacheRecord>();
        foreach (var directory in Directory.EnumerateDirectories(directories.CacheMounts))
        {
            var name = Path.GetFileName(directory);
            if (Read(directory) is not { } facts)
            {
                continue;
            }

            lock (_lock)
            {
                records.Add(new BuildCacheRecord
                {
                    Id = name,
                    Type = "exec.cachemount",
                    Description = $"cached mount {facts.Target} with id \"{facts.Id}\"",
                    InUse = _users.ContainsKey(name),
                    Size = TreeSize.Measure(Path.Combine(directory, "data"), cancellationToken).Allocated,
                    Created = facts.Created,
                    LastUsed = facts.LastUsed,
                    UsageCount = facts.UsageCount,
                });
            }
        }

        return records.ToImmutable();
    }

    /// <summary>Removes one that nobody uses; false: somebody does.</summary>
    public bool TryRemove(string name)
    {
        lock (_lock)
        {
            if (_users.ContainsKey(name))
            {
                return false;
            }

            Contexts.DirectoryContext.Remove(Path.Combine(directories.CacheMounts, name));
            return true;
        }
    }

    private async Task<string> MakeAsync(string name, RunMount mount, Func<string, CancellationToken, Task> fill, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(directories.CacheMounts, name);
        lock (_lock)
        {
            _users[name] = _users.GetValueOrDefault(name) + 1;
        }

        try
        {
            var data = Path.Combine(directory, "data");
            var facts = Read(directory);
            if (facts is null || !Directory.Exists(data))
            {
                Contexts.DirectoryContext.Remove(directory);
                Directory.CreateDirectory(data);
                using (var root = RootedDirectory.Open(directory))
                {
                    root.ChangeOwner("data", mount.User, mount.Group);
                    root.ChangeMode("data", mount.Mode ?? 0x1ED);
                }

                await fill(data, cancellationToken);
                facts = new CacheMountFacts { Id = mount.Id, Target = mount.Target, Created = time.GetUtcNow() };
            }

            facts = facts with { LastUsed = time.GetUtcNow(), UsageCount = facts.UsageCount + 1 };
            AtomicFile.Replace(Path.Combine(directory, Facts), JsonSerializer.SerializeToUtf8Bytes(facts, CacheMountJsonContext.Default.CacheMountFacts), durable: false);
            return data;
        }
        catch
        {
            Release(name);
            throw;
        }
    }

    internal void Release(string name)
    {
        lock (_lock)
        {
            if (--_users[name] == 0)
            {
                _users.Remove(name);
            }
        }
    }

    private static CacheMountFacts? Read(string directory)
    {
        try
        {
            var path = Path.Combine(directory, Facts);
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheMountJsonContext.Default.CacheMountFacts) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A cache mount in use.</summary>
internal sealed class CacheMount(CacheMounts mounts, string name, string path, IDisposable? exclusive) : IDisposable
{
    private bool _given;

    public string Path => path;

    public void Dispose()
    {
        if (!_given)
        {
            _given = true;
            mounts.Release(name);
            exclusive?.Dispose();
        }
    }
}

/// <summary>What is known about a cache mount, on disk beside its data.</summary>
internal sealed record CacheMountFacts
{
    public string Id { get; init; } = "";

    public string Target { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset LastUsed { get; init; }

    public int UsageCount { get; init; }
}

[JsonSerializable(typeof(CacheMountFacts))]
internal sealed partial class CacheMountJsonContext : JsonSerializerContext;

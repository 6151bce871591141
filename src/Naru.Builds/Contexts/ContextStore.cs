using Naru.Builds.Caching;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>Keeps the files that sessions sent.</summary>
internal sealed class ContextStore(BuildDirectories directories, TimeProvider time) : IContextStore
{
    private readonly KeyedLocks _locks = new();

    public IContextDirectory Open(string key)
    {
        var name = Digest.Of(System.Text.Encoding.UTF8.GetBytes(key)).Hex;

        // Two builds of one directory at a time: the second gets the files once more rather than waiting for the first to end.
        if (key.Length == 0 || _locks.TryTake(name) is not { } taken)
        {
            return new ContextDirectory(directories.NewContext(), keep: false, owner: null);
        }

        var path = Path.Combine(directories.KeptContexts, name);
        Directory.CreateDirectory(path);
        Directory.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        return new ContextDirectory(path, keep: true, taken);
    }

    /// <summary>The directories that are kept; their own time is that of the last use.</summary>
    public IEnumerable<BuildCacheRecord> List(CancellationToken cancellationToken)
    {
        foreach (var path in Directory.EnumerateDirectories(directories.KeptContexts))
        {
            var used = new DateTimeOffset(Directory.GetLastWriteTimeUtc(path), TimeSpan.Zero);
            yield return new BuildCacheRecord
            {
                Id = Path.GetFileName(path),
                Type = "source.local",
                Description = "local source for context",
                InUse = _locks.IsTaken(Path.GetFileName(path)),
                Size = TreeSize.Measure(path, cancellationToken).Allocated,
                Created = used,
                LastUsed = used,
                UsageCount = 1,
            };
        }
    }

    /// <summary>Removes one that nobody uses; false: somebody does.</summary>
    public bool TryRemove(string name)
    {
        using var taken = _locks.TryTake(name);
        if (taken is null)
        {
            return false;
        }

        DirectoryContext.Remove(Path.Combine(directories.KeptContexts, name));
        return true;
    }
}

using System.Collections.Immutable;
using Naru.Builds.Contexts;
using Naru.Core.Builds;
using Naru.Core.Lifetime;
using Naru.Core.Units;

namespace Naru.Builds.Caching;

/// <summary>Shows what the cache holds and gives it back: steps, cache mounts and kept contexts.</summary>
internal sealed class CacheCollector(StepCache steps, CacheMounts mounts, ContextStore contexts, TimeProvider time) : IReclaimer
{
    public int Order => 100;

    public string Name => "build cache";

    public ImmutableArray<BuildCacheRecord> List() => [.. steps.List(), .. mounts.List(CancellationToken.None), .. contexts.List(CancellationToken.None)];

    public BuildPruned Prune(BuildPrune prune, CancellationToken cancellationToken)
    {
        var all = List();
        var left = all.Sum(r => r.Size);
        var removed = ImmutableArray.CreateBuilder<BuildCacheRecord>();
        foreach (var record in all.OrderBy(r => r.LastUsed ?? r.Created))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (prune.KeepStorage.Bytes > 0 && left <= prune.KeepStorage.Bytes)
            {
                break;
            }

            if (record.InUse || (record.Shared && !prune.All) || !prune.Allowed(record) || !Remove(record))
            {
                continue;
            }

            left -= record.Size;
            removed.Add(record);
        }

        return new BuildPruned(removed.ToImmutable(), removed.Where(r => !r.Shared).Sum(r => r.Size));
    }

    public async Task<ByteSize> ReclaimAsync(ByteSize wished, TimeSpan unusedFor, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - unusedFor;
        return await Task.Run(
            () =>
            {
                var freed = 0L;
                foreach (var record in List().Where(r => !r.InUse && !r.Shared && (r.LastUsed ?? r.Created) <= before).OrderBy(r => r.LastUsed ?? r.Created))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (freed >= wished.Bytes)
                    {
                        break;
                    }

                    freed += Remove(record) ? record.Size : 0;
                }

                return new ByteSize(freed);
            },
            cancellationToken);
    }

    private bool Remove(BuildCacheRecord record)
    {
        switch (record.Type)
        {
            case "exec.cachemount":
                return mounts.TryRemove(record.Id);
            case "source.local":
                return contexts.TryRemove(record.Id);
            default:
                steps.Remove(record.Id);
                return true;
        }
    }
}

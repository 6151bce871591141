using Naru.Cluster.Watching;

namespace Naru.Cluster.Caching;

/// <summary>What the caches of all resources share.</summary>
internal sealed class CacheSettings(ClusterOptions options, TimeProvider time)
{
    public int HistoryCount { get; } = options.HistoryCount;

    public long HistoryBytes { get; } = options.HistorySize.Bytes;

    public TimeSpan HistoryAge { get; } = options.HistoryAge;

    public int WatchQueue { get; } = options.WatchQueue;

    public TimeProvider Time { get; } = time;

    public TextPool Pool { get; } = new();

    public TreeBudget Trees { get; } = new(options.TreeCacheSize.Bytes);

    public OwnerIndex Owners { get; } = new();

    public WatchCrowd Crowd { get; } = new();

    /// <summary>Milliseconds of a clock that only goes forward.</summary>
    public long Tick => (long)Time.GetElapsedTime(0).TotalMilliseconds;
}

using Naru.Core.Units;

namespace Naru.Cluster;

/// <summary>What can be chosen about the object core.</summary>
public sealed class ClusterOptions
{
    /// <summary>Most changes of one resource that are kept for watches and older lists.</summary>
    public int HistoryCount { get; init; } = 100_000;

    /// <summary>Most bytes that these may hold on to, for each resource.</summary>
    public ByteSize HistorySize { get; init; } = ByteSize.FromMebibytes(16);

    /// <summary>How long they are kept.</summary>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many changes a watch may lag behind before it is cut off.</summary>
    public int WatchQueue { get; init; } = 20_000;

    /// <summary>Bytes of JSON whose trees and typed forms are kept.</summary>
    public ByteSize TreeCacheSize { get; init; } = ByteSize.FromMebibytes(8);

    /// <summary>Time between bookmarks of a quiet watch.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortest time limit of a watch that names none; the longest is twice that.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(30);
}

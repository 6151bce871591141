using System.Collections.Immutable;
using Naru.Core.Units;

namespace Naru.Core.Builds;

/// <summary>A record of the build cache.</summary>
public sealed record BuildCacheRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Records it stands on.</summary>
    public ImmutableArray<string> Parents { get; init; } = [];

    /// <summary><c>regular</c>, <c>source.local</c>, <c>exec.cachemount</c>, <c>internal</c>, <c>frontend</c>.</summary>
    public string Type { get; init; } = "regular";

    /// <summary>What it is.</summary>
    public string Description { get; init; } = "";

    /// <summary>A build uses it now.</summary>
    public bool InUse { get; init; }

    /// <summary>An image shares it.</summary>
    public bool Shared { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When it was last used.</summary>
    public DateTimeOffset? LastUsed { get; init; }

    /// <summary>How often.</summary>
    public int UsageCount { get; init; }
}

/// <summary>What to remove from the cache.</summary>
/// <param name="All">Also what is internal or what images share.</param>
/// <param name="KeepStorage">Stop when so much is left; zero: remove all that is allowed.</param>
/// <param name="Allowed">Which records may go.</param>
public sealed record BuildPrune(bool All, ByteSize KeepStorage, Func<BuildCacheRecord, bool> Allowed);

/// <summary>What a prune removed.</summary>
/// <param name="Records">The records.</param>
/// <param name="Reclaimed">Bytes.</param>
public sealed record BuildPruned(ImmutableArray<BuildCacheRecord> Records, long Reclaimed);

namespace Naru.Containers.Collection;

/// <summary>Which containers a collection (<c>naru gc</c>, the disk budget) may take.</summary>
public sealed record CollectionOptions
{
    /// <summary>Take containers that have ended. Both ways to a collection are asked for by people, so default true.</summary>
    public bool DeadContainers { get; init; } = true;

    /// <summary>Never one that ended less than this ago, whatever the collection asks; default 1 h.</summary>
    public TimeSpan LeastAge { get; init; } = TimeSpan.FromHours(1);
}

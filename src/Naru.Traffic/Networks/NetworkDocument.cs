using Naru.Core.Networks;

namespace Naru.Traffic.Networks;

/// <summary>A network as it lies on disk.</summary>
internal sealed record NetworkDocument
{
    public int Version { get; init; } = 1;

    public required string Id { get; init; }

    public required NetworkSpec Spec { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string Interface { get; init; } = "";

    /// <summary>The interface was made for this network and goes with it.</summary>
    public bool OwnsInterface { get; init; }

    /// <summary>Nobody asked for its addresses: others may be chosen when they are taken at a later start.</summary>
    public bool ChosenPools { get; init; }

    public bool Predefined { get; init; }
}

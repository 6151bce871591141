using System.Net;

namespace Naru.Traffic.Names;

/// <summary>What one sandbox may know: replaced whole when its networks change.</summary>
internal sealed record NameScope
{
    /// <summary>Its networks: id and name.</summary>
    public required IReadOnlyList<(string Id, string Name)> Networks { get; init; }

    /// <summary>Its own names for others: alias, network, the other's name there.</summary>
    public IReadOnlyList<(string Alias, string NetworkId, string Target)> Links { get; init; } = [];

    /// <summary>Servers for all other names; null: the host's.</summary>
    public IReadOnlyList<IPEndPoint>? Servers { get; init; }

    /// <summary>At least one network leads out.</summary>
    public required bool CanForward { get; init; }

    /// <summary>The cluster that it is a pod of; null: none.</summary>
    public Cluster.ClusterZone? Cluster { get; init; }
}

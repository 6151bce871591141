using System.Collections.Immutable;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Traffic.Names;
using Naru.Traffic.Networks;
using Naru.Traffic.Ports;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Sandboxes;

/// <summary>A sandbox with all it holds. Changed only under its own gate.</summary>
internal sealed class LiveSandbox(SandboxDocument document) : IDisposable
{
    /// <summary>One change at a time.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    internal SandboxDocument Document { get; set; } = document;

    internal NetworkNamespace? Namespace { get; set; }

    /// <summary>Interfaces may have been made.</summary>
    internal bool MayHaveLinks { get; set; }

    internal List<PortReservation> Reservations { get; } = [];

    /// <summary>Its elements in the rules.</summary>
    internal RuleChange Rules { get; set; } = new();

    internal SandboxResolver? Resolver { get; set; }

    /// <summary>Sockets made ahead for a resolver; null when none were or they are in use.</summary>
    internal ResolverSockets? SpareNames { get; set; }

    internal SandboxNetwork Value { get; set; } = SandboxNetwork.None;

    /// <summary>Its endpoints with their networks, as long as these exist.</summary>
    internal ImmutableArray<(LiveNetwork Network, EndpointDocument Endpoint)> Places(NetworkCatalog catalog) =>
        [.. Document.Endpoints.Select(endpoint => (Network: catalog.FindLive(endpoint.Value.NetworkId), Endpoint: endpoint)).Where(static item => item.Network is not null).Select(static item => (item.Network!, item.Endpoint))];

    /// <summary>The gate stays usable: somebody may still wait at it.</summary>
    public void Dispose()
    {
        SpareNames?.Dispose();
        Namespace?.Dispose();
    }
}

using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>A sandbox as it lies in the run directory: on disk before anything of it is made in the kernel.</summary>
internal sealed record SandboxDocument
{
    public int Version { get; init; } = 1;

    public required ContainerId Container { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>File that its namespace is bound to; empty for the host's.</summary>
    public string NamespacePath { get; init; } = "";

    /// <summary>File that the user namespace which owns it is bound to; empty for the host's.</summary>
    public string UserNamespacePath { get => field ?? ""; init; } = "";

    /// <summary>In order of their interfaces.</summary>
    public ImmutableArray<EndpointDocument> Endpoints { get; init; } = [];

    public ImmutableArray<PublishedPort> Ports { get; init; } = [];

    public string FilesDirectory { get; init; } = "";
}

/// <summary>A place in a network.</summary>
internal sealed record EndpointDocument
{
    public required Endpoint Value { get; init; }

    /// <summary>The near end of its veth pair on the host; empty for other kinds.</summary>
    public string HostLink { get; init; } = "";
}

using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Core.Networks;

/// <summary>The networks of this host. References are ids, unique id prefixes or names. Unknown ones are
/// <see cref="ErrorKind.NotFound"/> (<c>network x not found</c>).</summary>
public interface INetworks
{
    /// <summary>All networks.</summary>
    ImmutableArray<Network> List();

    /// <summary>One network.</summary>
    Network Get(string reference);

    /// <summary>One network, or null.</summary>
    Network? Find(string reference);

    /// <summary>Makes a network; it is live when the call returns. Returns warnings beside it.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.Conflict"/>: the name is taken; <see cref="ErrorKind.PermissionDenied"/>: overlapping pool or a predefined name.</exception>
    Task<(Network Network, string Warning)> CreateAsync(NetworkSpec spec, CancellationToken cancellationToken);

    /// <summary>Removes a network without endpoints. <see cref="ErrorKind.PermissionDenied"/> with endpoints or when predefined.</summary>
    Task RemoveAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Removes the networks that nothing uses and the predicate allows; returns their names.</summary>
    Task<ImmutableArray<string>> PruneAsync(Func<Network, bool> allowed, CancellationToken cancellationToken);
}

/// <summary>
/// The network side of containers: one sandbox a container (or shared by <c>container:</c> mode, which has none of its own).
/// What is needed to adopt or sweep a sandbox is on disk before anything is made in the kernel. Every call may be repeated.
/// </summary>
public interface ISandboxes
{
    /// <summary>Refuses what cannot work before a container is created (address outside its subnet, bad port range…). A network that does not exist is
    /// refused by the set-up only: it may be made before the start, and clients take a <see cref="ErrorKind.NotFound"/> at creation for a missing image. Changes nothing.</summary>
    void Check(ContainerNetworkSpec spec);

    /// <summary>Makes the network namespace, joins all networks, publishes ports, makes the names known. Waits until traffic can flow.</summary>
    Task<SandboxNetwork> SetUpAsync(SandboxRequest request, CancellationToken cancellationToken);

    /// <summary>Undoes all of it. Does nothing when there is none.</summary>
    Task TearDownAsync(ContainerId container, CancellationToken cancellationToken);

    /// <summary>Adds a network to a live sandbox, or notes it for the next start when it does not live.</summary>
    Task<SandboxNetwork> ConnectAsync(SandboxRequest request, string network, EndpointSpec endpoint, CancellationToken cancellationToken);

    /// <summary>Takes a network from a live sandbox.</summary>
    Task<SandboxNetwork> DisconnectAsync(SandboxRequest request, string network, bool force, CancellationToken cancellationToken);

    /// <summary>A container got another name: its DNS names follow.</summary>
    Task RenameAsync(SandboxRequest request, CancellationToken cancellationToken);

    /// <summary>After a start of naru: takes over the sandboxes of these live containers as they are and sweeps all others of this instance.</summary>
    /// <returns>By container; one whose sandbox is gone is missing.</returns>
    Task<ImmutableDictionary<ContainerId, SandboxNetwork>> AdoptAsync(IReadOnlyCollection<SandboxRequest> live, CancellationToken cancellationToken);

    /// <summary>Counters of the interfaces inside, by name.</summary>
    Task<ImmutableSortedDictionary<string, LinkCounters>> CountersAsync(ContainerId container, CancellationToken cancellationToken);
}

/// <summary>What a sandbox is made for.</summary>
public sealed record SandboxRequest
{
    /// <summary>Container.</summary>
    public required ContainerId Container { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Host name inside.</summary>
    public required string Hostname { get; init; }

    /// <summary>Domain name inside.</summary>
    public string DomainName { get; init; } = "";

    /// <summary>Networks and ports asked for. For <c>container:X</c> the engine passes X's namespace itself and asks for no sandbox.</summary>
    public required ContainerNetworkSpec Network { get; init; }

    /// <summary>Directory on the host where hosts, hostname and resolv.conf are written.</summary>
    public required string FilesDirectory { get; init; }

    /// <summary>Users of its own: the network namespace is made in a user namespace with these. Null: it is the host's.</summary>
    public UserMapping? Users { get; init; }

    /// <summary>Finds the containers that links name.</summary>
    public Func<string, Container?> FindContainer { get; init; } = _ => null;
}

/// <summary>A container's network as it is.</summary>
public sealed record SandboxNetwork
{
    /// <summary>No network made.</summary>
    public static SandboxNetwork None { get; } = new();

    /// <summary>64 hexadecimal digits; empty: none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Path of the network namespace; empty: the host's, or none made.</summary>
    public string NamespacePath { get; init; } = "";

    /// <summary>Path of the user namespace that owns it; empty: the host's.</summary>
    public string UserNamespacePath { get => field ?? ""; init; } = "";

    /// <summary>Endpoints by network name.</summary>
    public ImmutableSortedDictionary<string, Endpoint> Endpoints { get; init; } = ImmutableSortedDictionary<string, Endpoint>.Empty;

    /// <summary>Published ports.</summary>
    public ImmutableArray<PublishedPort> Ports { get; init; } = [];

    /// <summary>Host file bind-mounted at /etc/hosts; empty: none.</summary>
    public string HostsPath { get; init; } = "";

    /// <summary>Host file bind-mounted at /etc/hostname; empty: none.</summary>
    public string HostnamePath { get; init; } = "";

    /// <summary>Host file bind-mounted at /etc/resolv.conf; empty: none.</summary>
    public string ResolvConfPath { get; init; } = "";
}

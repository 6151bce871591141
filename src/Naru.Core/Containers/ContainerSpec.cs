using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Core.Containers;

/// <summary>What was asked of a container. Immutable; kept on disk as it is; every dialect maps to it and back.
/// Fields left null or empty mean "not asked": the engine fills in the image's or the host's default when it creates
/// (<see cref="ImageDefaults"/>) or starts the container.</summary>
public sealed record ContainerSpec
{
    /// <summary>The image as the caller wrote it; a reference, a digest or an id prefix.</summary>
    public required string Image { get; init; }

    /// <summary>Layers to stand on in place of an image (a build's step): <see cref="Image"/> is then only a word for people, no image's
    /// defaults are merged and no image is held.</summary>
    public LayerChain? Layers { get; init; }

    /// <summary>Part of other work of the engine (a build's step): not listed, not told as events, and removed at the next start of the
    /// engine instead of adopted. Whoever made it knows its id and may make every call on it.</summary>
    public bool Internal { get; init; }

    /// <summary>The platform asked for; null: the host's.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The first process.</summary>
    public ProcessSpec Process { get; init; } = new();

    /// <summary>Free-form labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>OCI annotations handed to the runtime.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Words of the dialect that made the container, kept for it and never read by the engine: what it must
    /// echo but that means nothing here (<c>docker.isolation</c>).</summary>
    public ImmutableSortedDictionary<string, string> DialectNotes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Host name inside; null: the short id.</summary>
    public string? Hostname { get; init; }

    /// <summary>Domain name inside.</summary>
    public string? DomainName { get; init; }

    /// <summary>How health is probed; null: the image's way.</summary>
    public HealthCheckSpec? HealthCheck { get; init; }

    /// <summary>Namespaces, capabilities, profiles.</summary>
    public IsolationSpec Isolation { get; init; } = new();

    /// <summary>Limits and devices.</summary>
    public ResourceSpec Resources { get; init; } = new();

    /// <summary>Everything mounted, in the order asked.</summary>
    public ImmutableArray<MountSpec> Mounts { get; init; } = [];

    /// <summary>Paths that get an anonymous volume (Config.Volumes in Docker, VOLUME in a Dockerfile).</summary>
    public ImmutableArray<string> AnonymousVolumes { get; init; } = [];

    /// <summary>Containers whose mounts are taken over: <c>name[:ro|rw]</c>.</summary>
    public ImmutableArray<string> VolumesFrom { get; init; } = [];

    /// <summary>Driver of volumes named in binds; empty: <c>local</c>.</summary>
    public string VolumeDriver { get; init; } = "";

    /// <summary>Networks, ports, names.</summary>
    public ContainerNetworkSpec Network { get; init; } = new();

    /// <summary>When the container is started again.</summary>
    public RestartPolicy Restart { get; init; } = RestartPolicy.Never;

    /// <summary>Remove the container and its anonymous volumes when it has ended.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Where output goes.</summary>
    public LogSpec Log { get; init; } = new();

    /// <summary>Name of the OCI runtime; empty: the engine's default.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>Options of the root file system, <c>size=10G</c>.</summary>
    public ImmutableSortedDictionary<string, string> StorageOptions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

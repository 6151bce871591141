using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;

namespace Naru.Containers.Bundles;

/// <summary>Everything that a bundle's configuration is made of, worked out and resolved.</summary>
internal sealed record BundleInput
{
    /// <summary>Variables of links; those of the image and the caller come after and win.</summary>
    public ImmutableArray<string> LinkVariables { get; init; } = [];

    /// <summary>Where the small init appears inside.</summary>
    public const string InitTarget = "/sbin/docker-init";

    public required ContainerSpec Spec { get; init; }

    /// <summary>Mounted root on the host.</summary>
    public required string RootPath { get; init; }

    /// <summary>Program and arguments.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    public required ContainerUser User { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Path below the control group hierarchies' roots.</summary>
    public required string CgroupPath { get; init; }

    public required SandboxNetwork Network { get; init; }

    public required IReadOnlyList<MountPoint> Mounts { get; init; }

    /// <summary>Namespaces of other containers to join, by OCI type.</summary>
    public required IReadOnlyDictionary<string, string> JoinedNamespaces { get; init; }

    /// <summary>Host directory to bind at /dev/shm; empty: a private tmpfs.</summary>
    public string SharedMemoryPath { get; init; } = "";

    /// <summary>Small init on the host; empty: none.</summary>
    public string InitPath { get; init; } = "";

    /// <summary>Health probes and the like need the host's AppArmor profile name; empty: none.</summary>
    public string AppArmorProfile { get; init; } = "";
}

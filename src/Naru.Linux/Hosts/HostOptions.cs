using System.Collections.Immutable;

namespace Naru.Linux.Hosts;

/// <summary>What the host cannot tell about itself: how naru was built and configured.</summary>
public sealed record HostOptions
{
    /// <summary>Version of naru.</summary>
    public required string Version { get; init; }

    /// <summary>Commit it was built from; empty: unknown.</summary>
    public string Commit { get; init; } = "";

    /// <summary>When it was built; empty: unknown.</summary>
    public string BuildTime { get; init; } = "";

    /// <summary>Labels of the engine, <c>key=value</c>.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>Registries reached without TLS or without checking it.</summary>
    public ImmutableArray<string> InsecureRegistries { get; init; } = [];

    /// <summary>Mirrors of the default registry.</summary>
    public ImmutableArray<string> RegistryMirrors { get; init; } = [];

    /// <summary>Log driver of containers that ask for none.</summary>
    public string DefaultLogDriver { get; init; } = "json-file";

    /// <summary>OCI runtimes by name, as paths or names looked up in PATH.</summary>
    public ImmutableSortedDictionary<string, string> Runtimes { get; init; } = ImmutableSortedDictionary<string, string>.Empty
        .Add("crun", "crun").Add("runc", "runc").Add("io.containerd.runc.v2", "runc");

    /// <summary>Name of the default one.</summary>
    public string DefaultRuntime { get; init; } = "crun";

    /// <summary>The small init; empty: the first that is installed.</summary>
    public string InitPath { get; init; } = "";
}

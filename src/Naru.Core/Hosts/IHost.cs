using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Core.Hosts;

/// <summary>What this host and this engine are.</summary>
public interface IHost
{
    /// <summary>Read afresh where it can change.</summary>
    HostFacts Read();

    /// <summary>Counted now, which takes the longer the more there are.</summary>
    ProcessFigures Count();
}

/// <summary>Facts of the host.</summary>
public sealed record HostFacts
{
    /// <summary>Stable id of this instance of naru (a UUID).</summary>
    public required string InstanceId { get; init; }

    /// <summary>Host name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of naru.</summary>
    public required string Version { get; init; }

    /// <summary>Commit it was built from; empty: unknown.</summary>
    public string Commit { get; init; } = "";

    /// <summary>When it was built; empty: unknown.</summary>
    public string BuildTime { get; init; } = "";

    /// <summary>What runs here.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Kernel release.</summary>
    public required string KernelVersion { get; init; }

    /// <summary>PRETTY_NAME of os-release.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>VERSION_ID of os-release.</summary>
    public string OperatingSystemVersion { get; init; } = "";

    /// <summary>Machine word of uname, <c>x86_64</c>.</summary>
    public required string Machine { get; init; }

    /// <summary>Processors online.</summary>
    public required int Processors { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required long Memory { get; init; }

    /// <summary>State directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Sockets and locks.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>1 or 2.</summary>
    public required int CgroupVersion { get; init; }

    /// <summary>Controllers that containers can be limited by.</summary>
    public ImmutableHashSet<string> CgroupControllers { get; init; } = [];

    /// <summary>Seccomp filters work.</summary>
    public bool Seccomp { get; init; }

    /// <summary>Why containers cannot have users of their own here; empty: they can.</summary>
    public string UserNamespaceProblem { get; init; } = "";

    /// <summary>AppArmor is on.</summary>
    public bool AppArmor { get; init; }

    /// <summary>OCI runtimes by name, with their paths.</summary>
    public ImmutableSortedDictionary<string, string> Runtimes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Name of the default one.</summary>
    public string DefaultRuntime { get; init; } = "";

    /// <summary>Version of the default one.</summary>
    public string RuntimeVersion { get; init; } = "";

    /// <summary>Path of the small init; empty: none.</summary>
    public string InitPath { get; init; } = "";

    /// <summary>File system below the data directory, <c>extfs</c>, <c>xfs</c>.</summary>
    public string BackingFileSystem { get; init; } = "";

    /// <summary>IPv4 forwarding is on.</summary>
    public bool IPv4Forwarding { get; init; }

    /// <summary>Labels of the daemon from its configuration.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>What is wrong with the host, a line each.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Registries reached without TLS or without checking it: networks and names.</summary>
    public ImmutableArray<string> InsecureRegistries { get; init; } = [];

    /// <summary>Mirrors of the default registry.</summary>
    public ImmutableArray<string> RegistryMirrors { get; init; } = [];

    /// <summary>Default log driver.</summary>
    public string DefaultLogDriver { get; init; } = "json-file";
}

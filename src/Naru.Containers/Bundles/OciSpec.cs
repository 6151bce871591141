using System.Text.Json.Serialization;

namespace Naru.Containers.Bundles;

/// <summary>config.json of an OCI bundle (OCI runtime specification 1.0.2 with the fields of 1.1 that crun knows). Null is left out.</summary>
internal sealed record OciSpec
{
    public string OciVersion { get; init; } = "1.0.2";

    public required OciProcess Process { get; init; }

    public required OciRoot Root { get; init; }

    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    public required IReadOnlyList<OciMount> Mounts { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public required OciLinux Linux { get; init; }
}

/// <summary>The process, of a container or of an exec.</summary>
internal sealed record OciProcess
{
    public bool Terminal { get; init; }

    public OciBox? ConsoleSize { get; init; }

    public required OciUser User { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<string> Env { get; init; }

    public required string Cwd { get; init; }

    public OciCapabilities? Capabilities { get; init; }

    public IReadOnlyList<OciRlimit>? Rlimits { get; init; }

    public bool NoNewPrivileges { get; init; }

    public int? OomScoreAdj { get; init; }

    public string? ApparmorProfile { get; init; }
}

internal sealed record OciBox(uint Height, uint Width);

internal sealed record OciUser
{
    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public IReadOnlyList<uint>? AdditionalGids { get; init; }
}

internal sealed record OciCapabilities
{
    public required IReadOnlyList<string> Bounding { get; init; }

    public required IReadOnlyList<string> Effective { get; init; }

    public required IReadOnlyList<string> Permitted { get; init; }

    public IReadOnlyList<string>? Inheritable { get; init; }

    public IReadOnlyList<string>? Ambient { get; init; }
}

internal sealed record OciRlimit(string Type, ulong Hard, ulong Soft);

internal sealed record OciRoot(string Path, bool Readonly);

internal sealed record OciMount(string Destination, string Type, string Source, IReadOnlyList<string> Options);

internal sealed record OciLinux
{
    public required IReadOnlyList<OciNamespace> Namespaces { get; init; }

    public IReadOnlyList<OciIdMapping>? UidMappings { get; init; }

    public IReadOnlyList<OciIdMapping>? GidMappings { get; init; }

    public required string CgroupsPath { get; init; }

    public required OciResources Resources { get; init; }

    public IReadOnlyList<OciDevice> Devices { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }

    public OciSeccomp? Seccomp { get; init; }

    public string? RootfsPropagation { get; init; }

    public IReadOnlyList<string>? MaskedPaths { get; init; }

    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
}

internal sealed record OciNamespace(string Type, string? Path = null);

internal sealed record OciIdMapping([property: JsonPropertyName("containerID")] uint ContainerId, [property: JsonPropertyName("hostID")] uint HostId, uint Size);

internal sealed record OciDevice
{
    public required string Path { get; init; }

    public required string Type { get; init; }

    public long Major { get; init; }

    public long Minor { get; init; }

    public uint? FileMode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }
}

internal sealed record OciDeviceRule
{
    public bool Allow { get; init; }

    public string? Type { get; init; }

    public long? Major { get; init; }

    public long? Minor { get; init; }

    public string? Access { get; init; }
}

internal sealed record OciResources
{
    public IReadOnlyList<OciDeviceRule>? Devices { get; init; }

    public OciMemory? Memory { get; init; }

    public OciCpu? Cpu { get; init; }

    public OciPids? Pids { get; init; }

    [JsonPropertyName("blockIO")]
    public OciBlockIo? BlockIo { get; init; }
}

internal sealed record OciMemory
{
    public long? Limit { get; init; }

    public long? Reservation { get; init; }

    public long? Swap { get; init; }

    public long? Kernel { get; init; }

    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    public ulong? Swappiness { get; init; }

    public bool? DisableOOMKiller { get; init; }
}

internal sealed record OciCpu
{
    public ulong? Shares { get; init; }

    public long? Quota { get; init; }

    public ulong? Period { get; init; }

    public long? RealtimeRuntime { get; init; }

    public ulong? RealtimePeriod { get; init; }

    public string? Cpus { get; init; }

    public string? Mems { get; init; }
}

internal sealed record OciPids(long Limit);

internal sealed record OciBlockIo
{
    public ushort? Weight { get; init; }

    public IReadOnlyList<OciWeightDevice>? WeightDevice { get; init; }

    public IReadOnlyList<OciThrottleDevice>? ThrottleReadBpsDevice { get; init; }

    public IReadOnlyList<OciThrottleDevice>? ThrottleWriteBpsDevice { get; init; }

    [JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<OciThrottleDevice>? ThrottleReadIopsDevice { get; init; }

    [JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<OciThrottleDevice>? ThrottleWriteIopsDevice { get; init; }
}

internal sealed record OciWeightDevice(long Major, long Minor, ushort Weight);

internal sealed record OciThrottleDevice(long Major, long Minor, ulong Rate);

internal sealed record OciSeccomp
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public IReadOnlyList<OciSyscallRule>? Syscalls { get; init; }
}

internal sealed record OciSyscallRule
{
    public required IReadOnlyList<string> Names { get; init; }

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<OciSyscallArgument>? Args { get; init; }
}

internal sealed record OciSyscallArgument(uint Index, ulong Value, ulong ValueTwo, string Op);

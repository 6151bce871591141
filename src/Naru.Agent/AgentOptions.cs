namespace Naru.Agent;

/// <summary>How this host is a node.</summary>
public sealed class AgentOptions
{
    /// <summary>Name of the network that pods are in.</summary>
    public const string PodNetworkName = "naru-pods";

    /// <summary>Name of the node; empty: the host's name, lower case.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Ranges that nodes take their pods' ranges from.</summary>
    public IReadOnlyList<string> PodRanges { get; init; } = ["10.244.0.0/16"];

    /// <summary>Length of the prefix of a node's range.</summary>
    public int NodePrefix { get; init; } = 24;

    /// <summary>The same for ranges of IPv6.</summary>
    public int NodePrefixV6 { get; init; } = 64;

    /// <summary>Name servers of pods with the policy ClusterFirst; empty: those that containers have.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    /// <summary>DNS domain of the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Program that holds the namespaces of pods; empty: the host's catatonit.</summary>
    public string SandboxProgram { get; init; } = "";

    /// <summary>Pods that fit on the node.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Memory that is kept for the host itself, in bytes.</summary>
    public long ReservedMemory { get; init; } = 100 << 20;

    /// <summary>Directory of files with pods that this node runs whatever the cluster says; empty: <c>agent/manifests</c> below the data directory.</summary>
    public string StaticPods { get; init; } = "";

    /// <summary>Between two looks at that directory.</summary>
    public TimeSpan StaticPodInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Processes that one pod may have; -1: no limit.</summary>
    public long PodProcesses { get; init; } = 4096;

    /// <summary>Bytes of memory that must be available: with less, pods are ended.</summary>
    public long EvictionMemory { get; init; } = 100 << 20;

    /// <summary>Percent of the disk that must be free: with less, what is unused goes, then pods are ended.</summary>
    public int EvictionDiskPercent { get; init; } = 10;

    /// <summary>Between two looks at memory and disk.</summary>
    public TimeSpan EvictionInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A shortage is told for so long after its last sight.</summary>
    public TimeSpan PressureTransition { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Kernel parameters that pods may set beyond the safe ones, <c>kernel.msg*</c>.</summary>
    public IReadOnlyList<string> AllowedSysctls { get; init; } = [];

    /// <summary>Between two signs of life (the node's lease).</summary>
    public TimeSpan LeaseInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at what the node's status says; written only where it changed, and every <see cref="StatusReportInterval"/>.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>At the latest after this time the status is written even if nothing changed.</summary>
    public TimeSpan StatusReportInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A pod is looked at again after this time even if nothing happened.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two measurements of what pods use.</summary>
    public TimeSpan UsageInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>First wait of a container that ends again and again, doubled every time.</summary>
    public TimeSpan InitialBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest such wait.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromMinutes(5);
}

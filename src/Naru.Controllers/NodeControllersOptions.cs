namespace Naru.Controllers;

/// <summary>Settings of the controllers of nodes, certificates, volumes and quotas.</summary>
public sealed class NodeControllersOptions
{
    /// <summary>How long a node may be silent before it counts as lost.</summary>
    public TimeSpan NodeGracePeriod { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long a new node may take to say its first word.</summary>
    public TimeSpan NodeStartupGracePeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Nodes of a zone that are given up in a second.</summary>
    public double EvictionRate { get; set; } = 0.1;

    /// <summary>The same in a large zone of which most is lost; small zones give up nobody then.</summary>
    public double SecondaryEvictionRate { get; set; } = 0.01;

    /// <summary>A zone with more nodes is large.</summary>
    public int LargeZone { get; set; } = 50;

    /// <summary>A zone of which this share is lost is in trouble as a whole.</summary>
    public double UnhealthyZoneThreshold { get; set; } = 0.55;

    /// <summary>Ranges that nodes take their pods' ranges from, one for each family; empty: nodes get none.</summary>
    public IReadOnlyList<string> PodRanges { get; set; } = ["10.244.0.0/16"];

    /// <summary>Prefix length of a node's IPv4 range.</summary>
    public int NodePrefix { get; set; } = 24;

    /// <summary>Prefix length of a node's IPv6 range.</summary>
    public int NodePrefix6 { get; set; } = 64;

    /// <summary>Longest life of a certificate that is signed for somebody.</summary>
    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Where the local provisioner puts its volumes on a node.</summary>
    public string VolumeDirectory { get; set; } = "/var/lib/naru/volumes";

    /// <summary>Name of the storage class of local volumes that a cluster starts with, as its default; empty: none.</summary>
    public string LocalClass { get; set; } = "local";

    /// <summary>How long a node may go on using a volume that it is to give up.</summary>
    public TimeSpan DetachPatience { get; set; } = TimeSpan.FromMinutes(6);
}

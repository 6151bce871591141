namespace Naru.Controllers;

/// <summary>Settings of the housekeeping controllers.</summary>
public sealed class ControllersOptions
{
    /// <summary>Ranges that services take their addresses from; up to one for each family, the first is the cluster's own family.</summary>
    public IReadOnlyList<string> ServiceRanges { get; set; } = ["10.96.0.0/12"];

    /// <summary>Ports that services of type NodePort and LoadBalancer take theirs from.</summary>
    public string NodePortRange { get; set; } = "30000-32767";

    /// <summary>Addresses of services of type LoadBalancer: ranges, <c>first-last</c> or single ones; empty: they get none.</summary>
    public IReadOnlyList<string> LoadBalancerRanges { get; set; } = [];

    /// <summary>Other servers may share the store: node ports are claimed in it.</summary>
    public bool SharesStore { get; set; }

    /// <summary>How long an event is kept after it happened last.</summary>
    public TimeSpan EventLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often the allocations of services are compared with what stands.</summary>
    public TimeSpan RepairPeriod { get; set; } = TimeSpan.FromMinutes(3);
}

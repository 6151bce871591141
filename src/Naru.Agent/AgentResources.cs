using Naru.Objects.Resources;

namespace Naru.Agent;

/// <summary>The resources that an agent reads and writes.</summary>
internal static class AgentResources
{
    public static readonly GroupResource Pods = new("", "pods");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Events = new("", "events");
    public static readonly GroupResource Services = new("", "services");
    public static readonly GroupResource ConfigMaps = new("", "configmaps");
    public static readonly GroupResource Secrets = new("", "secrets");
    public static readonly GroupResource ServiceAccounts = new("", "serviceaccounts");
    public static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    public static readonly GroupResource Volumes = new("", "persistentvolumes");
    public static readonly GroupResource Attachments = new("storage.k8s.io", "volumeattachments");
    public static readonly GroupResource Snapshots = new("snapshot.storage.k8s.io", "volumesnapshots");
    public static readonly GroupResource SnapshotContents = new("snapshot.storage.k8s.io", "volumesnapshotcontents");
    public static readonly GroupResource CsiDrivers = new("storage.k8s.io", "csidrivers");
    public static readonly GroupResource CsiNodes = new("storage.k8s.io", "csinodes");
    public static readonly GroupResource EndpointSlices = new("discovery.k8s.io", "endpointslices");
    public static readonly GroupResource RuntimeClasses = new("node.k8s.io", "runtimeclasses");
    public static readonly GroupResource Leases = new("coordination.k8s.io", "leases");
}

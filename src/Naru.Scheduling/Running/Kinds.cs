using Naru.Objects.Resources;

namespace Naru.Scheduling.Running;

/// <summary>The resources that the scheduler reads and writes.</summary>
internal static class Kinds
{
    public static readonly GroupResource Pods = new("", "pods");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Namespaces = new("", "namespaces");
    public static readonly GroupResource Services = new("", "services");
    public static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    public static readonly GroupResource Volumes = new("", "persistentvolumes");
    public static readonly GroupResource Classes = new("storage.k8s.io", "storageclasses");
    public static readonly GroupResource Drivers = new("storage.k8s.io", "csinodes");
    public static readonly GroupResource Budgets = new("policy", "poddisruptionbudgets");
    public static readonly GroupResource Events = new("", "events");

    /// <summary>What is watched; pods last, for they lie on the others.</summary>
    public static readonly GroupResource[] Watched = [Namespaces, Nodes, Services, Classes, Drivers, Volumes, Claims, Budgets, Pods];
}

using Naru.Objects.Resources;

namespace Naru.Ingress;

/// <summary>The resources that the ingress reads and writes.</summary>
internal static class IngressResources
{
    public static readonly GroupResource Ingresses = new("networking.k8s.io", "ingresses");
    public static readonly GroupResource Classes = new("networking.k8s.io", "ingressclasses");
    public static readonly GroupResource Services = new("", "services");
    public static readonly GroupResource Secrets = new("", "secrets");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Namespaces = new("", "namespaces");
    public static readonly GroupResource Slices = new("discovery.k8s.io", "endpointslices");
}

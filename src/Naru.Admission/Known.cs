using Naru.Objects.Resources;

namespace Naru.Admission;

/// <summary>Resources that rules are about.</summary>
internal static class Known
{
    public static readonly GroupResource Pods = new("", "pods");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Namespaces = new("", "namespaces");
    public static readonly GroupResource ServiceAccounts = new("", "serviceaccounts");
    public static readonly GroupResource LimitRanges = new("", "limitranges");
    public static readonly GroupResource ResourceQuotas = new("", "resourcequotas");
    public static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    public static readonly GroupResource Volumes = new("", "persistentvolumes");
    public static readonly GroupResource Services = new("", "services");
    public static readonly GroupResource PriorityClasses = new("scheduling.k8s.io", "priorityclasses");
    public static readonly GroupResource StorageClasses = new("storage.k8s.io", "storageclasses");
    public static readonly GroupResource VolumeAttributesClasses = new("storage.k8s.io", "volumeattributesclasses");
    public static readonly GroupResource RuntimeClasses = new("node.k8s.io", "runtimeclasses");
    public static readonly GroupResource Ingresses = new("networking.k8s.io", "ingresses");
    public static readonly GroupResource IngressClasses = new("networking.k8s.io", "ingressclasses");
    public static readonly GroupResource SigningRequests = new("certificates.k8s.io", "certificatesigningrequests");

    /// <summary>Pods that a kubelet made of a file have this annotation.</summary>
    public const string MirrorAnnotation = "kubernetes.io/config.mirror";
}

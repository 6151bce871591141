using k8s.Models;
using Naru.Objects.Resources;

namespace Naru.Controllers.Runtime;

/// <summary>Which resource a model of the client stands for.</summary>
internal static class KindTable
{
    private static readonly Dictionary<Type, (GroupResource Resource, GroupVersionKind Kind)> Kinds = new()
    {
        [typeof(V1Pod)] = Core("pods", "Pod"),
        [typeof(V1Service)] = Core("services", "Service"),
        [typeof(V1Node)] = Core("nodes", "Node"),
        [typeof(V1Namespace)] = Core("namespaces", "Namespace"),
        [typeof(V1Secret)] = Core("secrets", "Secret"),
        [typeof(V1ConfigMap)] = Core("configmaps", "ConfigMap"),
        [typeof(V1Endpoints)] = Core("endpoints", "Endpoints"),
        [typeof(V1ServiceAccount)] = Core("serviceaccounts", "ServiceAccount"),
        [typeof(V1PersistentVolume)] = Core("persistentvolumes", "PersistentVolume"),
        [typeof(V1PersistentVolumeClaim)] = Core("persistentvolumeclaims", "PersistentVolumeClaim"),
        [typeof(V1ResourceQuota)] = Core("resourcequotas", "ResourceQuota"),
        [typeof(V1LimitRange)] = Core("limitranges", "LimitRange"),
        [typeof(V1ReplicationController)] = Core("replicationcontrollers", "ReplicationController"),
        [typeof(V1PodTemplate)] = Core("podtemplates", "PodTemplate"),
        [typeof(Corev1Event)] = Core("events", "Event"),
        [typeof(V1Deployment)] = Row("apps", "v1", "deployments", "Deployment"),
        [typeof(V1ReplicaSet)] = Row("apps", "v1", "replicasets", "ReplicaSet"),
        [typeof(V1StatefulSet)] = Row("apps", "v1", "statefulsets", "StatefulSet"),
        [typeof(V1DaemonSet)] = Row("apps", "v1", "daemonsets", "DaemonSet"),
        [typeof(V1ControllerRevision)] = Row("apps", "v1", "controllerrevisions", "ControllerRevision"),
        [typeof(V1Job)] = Row("batch", "v1", "jobs", "Job"),
        [typeof(V1CronJob)] = Row("batch", "v1", "cronjobs", "CronJob"),
        [typeof(V2HorizontalPodAutoscaler)] = Row("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
        [typeof(V1PodDisruptionBudget)] = Row("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
        [typeof(V1EndpointSlice)] = Row("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
        [typeof(V1Lease)] = Row("coordination.k8s.io", "v1", "leases", "Lease"),
        [typeof(V1Ingress)] = Row("networking.k8s.io", "v1", "ingresses", "Ingress"),
        [typeof(V1IngressClass)] = Row("networking.k8s.io", "v1", "ingressclasses", "IngressClass"),
        [typeof(V1NetworkPolicy)] = Row("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
        [typeof(V1ServiceCIDR)] = Row("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR"),
        [typeof(V1IPAddress)] = Row("networking.k8s.io", "v1", "ipaddresses", "IPAddress"),
        [typeof(V1Role)] = Row("rbac.authorization.k8s.io", "v1", "roles", "Role"),
        [typeof(V1RoleBinding)] = Row("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
        [typeof(V1ClusterRole)] = Row("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
        [typeof(V1ClusterRoleBinding)] = Row("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding"),
        [typeof(V1CertificateSigningRequest)] = Row("certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest"),
        [typeof(V1StorageClass)] = Row("storage.k8s.io", "v1", "storageclasses", "StorageClass"),
        [typeof(V1VolumeAttachment)] = Row("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment"),
        [typeof(V1CSINode)] = Row("storage.k8s.io", "v1", "csinodes", "CSINode"),
        [typeof(V1CSIDriver)] = Row("storage.k8s.io", "v1", "csidrivers", "CSIDriver"),
        [typeof(V1PriorityClass)] = Row("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass"),
        [typeof(V1RuntimeClass)] = Row("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass"),
        [typeof(V1CustomResourceDefinition)] = Row("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition"),
        [typeof(V1APIService)] = Row("apiregistration.k8s.io", "v1", "apiservices", "APIService"),
        [typeof(V1ValidatingAdmissionPolicy)] = Row("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy"),
    };

    public static GroupResource ResourceOf(Type type) =>
        Kinds.TryGetValue(type, out var row) ? row.Resource : throw new ArgumentException($"{type.Name} has no row in the table of kinds");

    public static GroupVersionKind? KindOf(Type type) => Kinds.TryGetValue(type, out var row) ? row.Kind : null;

    private static (GroupResource Resource, GroupVersionKind Kind) Core(string resource, string kind) => Row("", "v1", resource, kind);

    private static (GroupResource Resource, GroupVersionKind Kind) Row(string group, string version, string resource, string kind) =>
        (new(group, resource), new(group, version, kind));
}

using Naru.Objects.Kinds;
using Naru.Objects.Resources;

namespace Naru.Kinds.Printing;

/// <summary>Which table a kind has.</summary>
internal static class PrinterTable
{
    /// <summary>The table of a resource's kind.</summary>
    public static ITablePrinter For(ResourceInfo resource) => resource.Kind switch
    {
        "Pod" => PodPrinter.Table,
        "Node" => NodePrinter.Table,
        "Deployment" => WorkloadPrinters.Deployments,
        "ReplicaSet" => WorkloadPrinters.ReplicaSets,
        "ReplicationController" => WorkloadPrinters.ReplicationControllers,
        "StatefulSet" => WorkloadPrinters.StatefulSets,
        "DaemonSet" => WorkloadPrinters.DaemonSets,
        "Job" => WorkloadPrinters.Jobs,
        "CronJob" => WorkloadPrinters.CronJobs,
        "ControllerRevision" => WorkloadPrinters.Revisions,
        "PodTemplate" => WorkloadPrinters.PodTemplates,
        "Service" => ServicePrinters.Services,
        "Endpoints" => ServicePrinters.Endpoints,
        "EndpointSlice" => ServicePrinters.Slices,
        "Ingress" => ServicePrinters.Ingresses,
        "Namespace" => CorePrinters.Namespaces,
        "ConfigMap" => CorePrinters.ConfigMaps,
        "Secret" => CorePrinters.Secrets,
        "PersistentVolume" => CorePrinters.Volumes,
        "PersistentVolumeClaim" => CorePrinters.Claims,
        "ResourceQuota" => CorePrinters.Quotas,
        "Event" => CorePrinters.Events,
        "ComponentStatus" => CorePrinters.Components,
        "ServiceAccount" or "DeviceClass" or "ResourceClaimTemplate" => GenericPrinter.WithAge,
        "HorizontalPodAutoscaler" => AutoscalerPrinter.Table,
        "RoleBinding" or "ClusterRoleBinding" => AccessPrinters.Bindings,
        "CertificateSigningRequest" => AccessPrinters.SigningRequests,
        _ => OfCluster(resource.Kind),
    };

    private static ITablePrinter OfCluster(string kind) => kind switch
    {
        "PodDisruptionBudget" => ClusterPrinters.Budgets,
        "StorageClass" => ClusterPrinters.StorageClasses,
        "VolumeAttachment" => ClusterPrinters.Attachments,
        "VolumeAttributesClass" => ClusterPrinters.AttributesClasses,
        "CSIDriver" => ClusterPrinters.Drivers,
        "CSINode" => ClusterPrinters.CsiNodes,
        "IngressClass" => ClusterPrinters.IngressClasses,
        "NetworkPolicy" => ClusterPrinters.NetworkPolicies,
        "ServiceCIDR" => ClusterPrinters.ServiceRanges,
        "IPAddress" => ClusterPrinters.Addresses,
        "PriorityClass" => ClusterPrinters.PriorityClasses,
        "Lease" => ClusterPrinters.Leases,
        "RuntimeClass" => ClusterPrinters.RuntimeClasses,
        "ResourceClaim" => ClusterPrinters.DeviceClaims,
        "ResourceSlice" => ClusterPrinters.DeviceSlices,
        "APIService" => ExtensionPrinters.ApiServices,
        "MutatingWebhookConfiguration" or "ValidatingWebhookConfiguration" => ExtensionPrinters.Webhooks,
        "ValidatingAdmissionPolicy" => ExtensionPrinters.ValidatingPolicies,
        "MutatingAdmissionPolicy" => ExtensionPrinters.MutatingPolicies,
        "ValidatingAdmissionPolicyBinding" or "MutatingAdmissionPolicyBinding" => ExtensionPrinters.PolicyBindings,
        "FlowSchema" => ExtensionPrinters.FlowSchemas,
        "PriorityLevelConfiguration" => ExtensionPrinters.PriorityLevels,
        _ => GenericPrinter.WithCreation,
    };
}

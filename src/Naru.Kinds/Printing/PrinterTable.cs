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
        "ServiceAccount" or "DeviceClass" or "ResourceClaimTemplate" => GenericPrinter.WithAge,
        _ => GenericPrinter.WithCreation,
    };
}

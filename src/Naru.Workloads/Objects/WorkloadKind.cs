using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Workloads.Objects;

/// <summary>A kind that a controller looks after.</summary>
/// <param name="Resource">Its resource.</param>
/// <param name="Kind">Kind at the version that references name.</param>
/// <param name="Component">Who reports its events and manages its fields.</param>
public sealed record WorkloadKind(GroupResource Resource, GroupVersionKind Kind, string Component)
{
    public static readonly GroupResource Pods = new("", "pods");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    public static readonly WorkloadKind Deployment = Apps("deployments", "Deployment", "deployment-controller");
    public static readonly WorkloadKind ReplicaSet = Apps("replicasets", "ReplicaSet", "replicaset-controller");
    public static readonly WorkloadKind StatefulSet = Apps("statefulsets", "StatefulSet", "statefulset-controller");
    public static readonly WorkloadKind DaemonSet = Apps("daemonsets", "DaemonSet", "daemonset-controller");
    public static readonly WorkloadKind Revision = Apps("controllerrevisions", "ControllerRevision", "");
    public static readonly WorkloadKind ReplicationController = new(new("", "replicationcontrollers"), new("", "v1", "ReplicationController"), "replication-controller");
    public static readonly WorkloadKind Job = new(new("batch", "jobs"), new("batch", "v1", "Job"), "job-controller");
    public static readonly WorkloadKind CronJob = new(new("batch", "cronjobs"), new("batch", "v1", "CronJob"), "cronjob-controller");
    public static readonly WorkloadKind Autoscaler =
        new(new("autoscaling", "horizontalpodautoscalers"), new("autoscaling", "v2", "HorizontalPodAutoscaler"), "horizontal-pod-autoscaler");

    public static readonly WorkloadKind Budget = new(new("policy", "poddisruptionbudgets"), new("policy", "v1", "PodDisruptionBudget"), "controllermanager");

    /// <summary>How its controller writes.</summary>
    public WriteOptions Write { get; } = new() { FieldManager = "kube-controller-manager" };

    private static WorkloadKind Apps(string resource, string kind, string component) => new(new("apps", resource), new("apps", "v1", kind), component);
}

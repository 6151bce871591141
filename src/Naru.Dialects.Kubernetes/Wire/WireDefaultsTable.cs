using System.Collections.Frozen;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>Fields whose zero is a wish of its own. Clients write every plain field, set or not, and only those that may be unset are left out when they are: the wire does not tell the two apart.</summary>
internal static class WireDefaultsTable
{
    private static readonly FrozenSet<string> Meant = new[]
    {
        "replicas", "minReplicas", "terminationGracePeriodSeconds", "gracePeriodSeconds", "deletionGracePeriodSeconds", "runAsUser", "runAsGroup", "fsGroup", "parallelism", "completions",
        "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "revisionHistoryLimit",
        "priority", "tolerationSeconds", "defaultMode", "mode", "partition", "stabilizationWindowSeconds", "averageUtilization", "nominalConcurrencyShares", "lendablePercent", "borrowingLimitPercent",
        "startingDeadlineSeconds", "progressDeadlineSeconds", "leaseTransitions", "tailLines", "allowed", "denied", "ready", "served", "storage", "value", "exitCode", "restartCount", "minimum", "maximum", "minLength", "maxLength",
        "minItems", "maxItems", "automountServiceAccountToken", "enableServiceLinks", "controller", "blockOwnerDeletion", "allowPrivilegeEscalation", "runAsNonRoot", "readOnlyRootFilesystem", "privileged", "optional", "suspend",
        "immutable", "hostUsers", "setHostnameAsFQDN", "shareProcessNamespace", "allowVolumeExpansion", "serving", "terminating", "allocateLoadBalancerNodePorts", "started", "orphanDependents", "storageClassName", "attachRequired",
        "podInfoOnMount", "requiresRepublish", "storageCapacity", "seLinuxMount", "manualSelector", "insecureSkipTLSVerify", "disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods", "preserveUnknownFields",
        "xPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", "volumeAttributesClassName", "namespaced",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Parts that clients always send and that say nothing when they are empty.
    private static readonly FrozenSet<string> Hollow = new[] { "status", "metadata", "creationTimestamp", "strategy", "updateStrategy", "resources", "lastProbeTime" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Zero, false or nothing in this field is meant.</summary>
    public static bool IsMeant(string name) => Meant.Contains(name);

    /// <summary>The field is left out when there is nothing in it.</summary>
    public static bool IsHollow(string name) => Hollow.Contains(name);
}

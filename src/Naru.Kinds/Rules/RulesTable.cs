using Naru.Kinds.Admission;
using Naru.Kinds.ApiExtensions;
using Naru.Kinds.ApiRegistration;
using Naru.Kinds.Apps;
using Naru.Kinds.Autoscaling;
using Naru.Kinds.Batch;
using Naru.Kinds.Certificates;
using Naru.Kinds.Coordination;
using Naru.Kinds.Core;
using Naru.Kinds.Core.Pods;
using Naru.Kinds.Core.Services;
using Naru.Kinds.Discovery;
using Naru.Kinds.Events;
using Naru.Kinds.FlowControl;
using Naru.Kinds.Networking;
using Naru.Kinds.Node;
using Naru.Kinds.Policy;
using Naru.Kinds.Rbac;
using Naru.Kinds.Resource;
using Naru.Kinds.Scheduling;
using Naru.Kinds.Storage;
using Naru.Objects.Resources;

namespace Naru.Kinds.Rules;

/// <summary>Which laws a kind has.</summary>
internal static class RulesTable
{
    /// <summary>The laws of a resource's kind.</summary>
    public static KindRules For(ResourceInfo resource)
    {
        var rules = Of(resource);
        rules.Namespaced = resource.Namespaced;
        rules.HasStatus = resource.Subresources.Any(static one => one.Name == "status");
        return rules;
    }

    private static KindRules Of(ResourceInfo resource) => resource.Kind switch
    {
        "Pod" => new PodRules(),
        "PodTemplate" => new PodTemplateRules(),
        "ReplicationController" => new ReplicationControllerRules(),
        "Deployment" => new DeploymentRules(),
        "ReplicaSet" => new ReplicaSetRules(),
        "StatefulSet" => new StatefulSetRules(),
        "DaemonSet" => new DaemonSetRules(),
        "ControllerRevision" => new ControllerRevisionRules(),
        "Job" => new JobRules(),
        "CronJob" => new CronJobRules(),
        "Service" => new ServiceRules(),
        "Endpoints" => new EndpointsRules(),
        "EndpointSlice" => new EndpointSliceRules(),
        "ConfigMap" => new ConfigMapRules(),
        "Secret" => new SecretRules(),
        "ServiceAccount" => new ServiceAccountRules(),
        "Namespace" => new NamespaceRules(),
        "Node" => new NodeRules(),
        "LimitRange" => new LimitRangeRules(),
        "ResourceQuota" => new ResourceQuotaRules(),
        "Binding" => new BindingRules(),
        "Event" => new EventRules(resource.Resource.Group.Length > 0),
        "PersistentVolume" => new PersistentVolumeRules(),
        "PersistentVolumeClaim" => new PersistentVolumeClaimRules(),
        "StorageClass" => new StorageClassRules(),
        "VolumeAttachment" => new VolumeAttachmentRules(),
        "VolumeAttributesClass" => new VolumeAttributesClassRules(),
        "CSIDriver" => new CsiDriverRules(),
        "CSINode" => new CsiNodeRules(),
        "CSIStorageCapacity" => new CsiStorageCapacityRules(),
        "Ingress" => new IngressRules(),
        "IngressClass" => new IngressClassRules(),
        "NetworkPolicy" => new NetworkPolicyRules(),
        "ServiceCIDR" => new ServiceCidrRules(),
        "IPAddress" => new IpAddressRules(),
        "Role" or "ClusterRole" => new RoleRules(),
        "RoleBinding" or "ClusterRoleBinding" => new RoleBindingRules(),
        "PodDisruptionBudget" => new DisruptionBudgetRules(),
        "HorizontalPodAutoscaler" => new AutoscalerRules(resource.Resource.Version == "v2"),
        "CertificateSigningRequest" => new SigningRequestRules(),
        "PriorityClass" => new PriorityClassRules(),
        "Lease" => new LeaseRules(),
        "RuntimeClass" => new RuntimeClassRules(),
        _ => Extending(resource.Kind),
    };

    private static KindRules Extending(string kind) => kind switch
    {
        "MutatingWebhookConfiguration" => new WebhookConfigurationRules(true),
        "ValidatingWebhookConfiguration" => new WebhookConfigurationRules(false),
        "MutatingAdmissionPolicy" => new AdmissionPolicyRules(true),
        "ValidatingAdmissionPolicy" => new AdmissionPolicyRules(false),
        "MutatingAdmissionPolicyBinding" => new PolicyBindingRules(true),
        "ValidatingAdmissionPolicyBinding" => new PolicyBindingRules(false),
        "CustomResourceDefinition" => new CustomResourceDefinitionRules(),
        "APIService" => new ApiServiceRules(),
        "FlowSchema" => new FlowSchemaRules(),
        "PriorityLevelConfiguration" => new PriorityLevelRules(),
        "ResourceClaim" => new ResourceClaimRules(false),
        "ResourceClaimTemplate" => new ResourceClaimRules(true),
        "ResourceSlice" => new ResourceSliceRules(),
        "DeviceClass" => new DeviceClassRules(),
        _ when kind.EndsWith("Review", StringComparison.Ordinal) => new ReviewRules(kind),
        _ => new KindRules(),
    };
}

namespace Naru.Kinds.Resources;

/// <summary>The built-in resources of Kubernetes v1.36 in order of discovery, as text: written once, read once.</summary>
internal static class ResourceTable
{
    /// <summary>A line that starts with <c>#</c> names the group and version of those below it. A resource: plural, kind, singular, N(amespaced) or C(luster), verbs
    /// (<c>*</c> for the eight of an ordinary resource), short names, categories. A line that starts with <c>/</c> is a subresource of the resource above it: name, group and
    /// version of its kind (<c>.</c> for the resource's own), kind, verbs.</summary>
    public const string Text = """
        # v1
        bindings Binding binding N create - -
        componentstatuses ComponentStatus componentstatus C get,list cs -
        configmaps ConfigMap configmap N * cm -
        endpoints Endpoints endpoints N * ep -
        events Event event N * ev -
        limitranges LimitRange limitrange N * limits -
        namespaces Namespace namespace C create,delete,get,list,patch,update,watch ns -
          /finalize . Namespace update
          /status . Namespace get,patch,update
        nodes Node node C * no -
          /proxy . NodeProxyOptions create,delete,get,patch,update
          /status . Node get,patch,update
        persistentvolumeclaims PersistentVolumeClaim persistentvolumeclaim N * pvc -
          /status . PersistentVolumeClaim get,patch,update
        persistentvolumes PersistentVolume persistentvolume C * pv -
          /status . PersistentVolume get,patch,update
        pods Pod pod N * po all
          /attach . PodAttachOptions create,get
          /binding . Binding create
          /ephemeralcontainers . Pod get,patch,update
          /eviction policy/v1 Eviction create
          /exec . PodExecOptions create,get
          /log . Pod get
          /portforward . PodPortForwardOptions create,get
          /proxy . PodProxyOptions create,delete,get,patch,update
          /resize . Pod get,patch,update
          /status . Pod get,patch,update
        podtemplates PodTemplate podtemplate N * - -
        replicationcontrollers ReplicationController replicationcontroller N * rc all
          /scale autoscaling/v1 Scale get,patch,update
          /status . ReplicationController get,patch,update
        resourcequotas ResourceQuota resourcequota N * quota -
          /status . ResourceQuota get,patch,update
        secrets Secret secret N * - -
        serviceaccounts ServiceAccount serviceaccount N * sa -
          /token authentication.k8s.io/v1 TokenRequest create
        services Service service N * svc all
          /proxy . ServiceProxyOptions create,delete,get,patch,update
          /status . Service get,patch,update
        # apiregistration.k8s.io/v1
        apiservices APIService apiservice C * - api-extensions
          /status . APIService get,patch,update
        # apps/v1
        controllerrevisions ControllerRevision controllerrevision N * - -
        daemonsets DaemonSet daemonset N * ds all
          /status . DaemonSet get,patch,update
        deployments Deployment deployment N * deploy all
          /scale autoscaling/v1 Scale get,patch,update
          /status . Deployment get,patch,update
        replicasets ReplicaSet replicaset N * rs all
          /scale autoscaling/v1 Scale get,patch,update
          /status . ReplicaSet get,patch,update
        statefulsets StatefulSet statefulset N * sts all
          /scale autoscaling/v1 Scale get,patch,update
          /status . StatefulSet get,patch,update
        # events.k8s.io/v1
        events Event event N * ev -
        # authentication.k8s.io/v1
        selfsubjectreviews SelfSubjectReview selfsubjectreview C create - -
        tokenreviews TokenReview tokenreview C create - -
        # authorization.k8s.io/v1
        localsubjectaccessreviews LocalSubjectAccessReview localsubjectaccessreview N create - -
        selfsubjectaccessreviews SelfSubjectAccessReview selfsubjectaccessreview C create - -
        selfsubjectrulesreviews SelfSubjectRulesReview selfsubjectrulesreview C create - -
        subjectaccessreviews SubjectAccessReview subjectaccessreview C create - -
        # autoscaling/v2
        horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N * hpa all
          /status . HorizontalPodAutoscaler get,patch,update
        # autoscaling/v1
        horizontalpodautoscalers HorizontalPodAutoscaler horizontalpodautoscaler N * hpa all
          /status . HorizontalPodAutoscaler get,patch,update
        # batch/v1
        cronjobs CronJob cronjob N * cj all
          /status . CronJob get,patch,update
        jobs Job job N * - all
          /status . Job get,patch,update
        # certificates.k8s.io/v1
        certificatesigningrequests CertificateSigningRequest certificatesigningrequest C * csr -
          /approval . CertificateSigningRequest get,patch,update
          /status . CertificateSigningRequest get,patch,update
        # networking.k8s.io/v1
        ingressclasses IngressClass ingressclass C * - -
        ingresses Ingress ingress N * ing -
          /status . Ingress get,patch,update
        ipaddresses IPAddress ipaddress C * ip -
        networkpolicies NetworkPolicy networkpolicy N * netpol -
        servicecidrs ServiceCIDR servicecidr C * - -
          /status . ServiceCIDR get,patch,update
        # policy/v1
        poddisruptionbudgets PodDisruptionBudget poddisruptionbudget N * pdb -
          /status . PodDisruptionBudget get,patch,update
        # rbac.authorization.k8s.io/v1
        clusterrolebindings ClusterRoleBinding clusterrolebinding C * - -
        clusterroles ClusterRole clusterrole C * - -
        rolebindings RoleBinding rolebinding N * - -
        roles Role role N * - -
        # storage.k8s.io/v1
        csidrivers CSIDriver csidriver C * - -
        csinodes CSINode csinode C * - -
        csistoragecapacities CSIStorageCapacity csistoragecapacity N * - -
        storageclasses StorageClass storageclass C * sc -
        volumeattachments VolumeAttachment volumeattachment C * - -
          /status . VolumeAttachment get,patch,update
        volumeattributesclasses VolumeAttributesClass volumeattributesclass C * vac -
        # admissionregistration.k8s.io/v1
        mutatingadmissionpolicies MutatingAdmissionPolicy mutatingadmissionpolicy C * - api-extensions
        mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding mutatingadmissionpolicybinding C * - api-extensions
        mutatingwebhookconfigurations MutatingWebhookConfiguration mutatingwebhookconfiguration C * - api-extensions
        validatingadmissionpolicies ValidatingAdmissionPolicy validatingadmissionpolicy C * - api-extensions
          /status . ValidatingAdmissionPolicy get,patch,update
        validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding validatingadmissionpolicybinding C * - api-extensions
        validatingwebhookconfigurations ValidatingWebhookConfiguration validatingwebhookconfiguration C * - api-extensions
        # apiextensions.k8s.io/v1
        customresourcedefinitions CustomResourceDefinition customresourcedefinition C * crd,crds api-extensions
          /status . CustomResourceDefinition get,patch,update
        # scheduling.k8s.io/v1
        priorityclasses PriorityClass priorityclass C * pc -
        # coordination.k8s.io/v1
        leases Lease lease N * - -
        # node.k8s.io/v1
        runtimeclasses RuntimeClass runtimeclass C * - -
        # discovery.k8s.io/v1
        endpointslices EndpointSlice endpointslice N * - -
        # resource.k8s.io/v1
        deviceclasses DeviceClass deviceclass C * - -
        resourceclaims ResourceClaim resourceclaim N * - -
          /status . ResourceClaim get,patch,update
        resourceclaimtemplates ResourceClaimTemplate resourceclaimtemplate N * - -
        resourceslices ResourceSlice resourceslice C * - -
        # flowcontrol.apiserver.k8s.io/v1
        flowschemas FlowSchema flowschema C * - -
          /status . FlowSchema get,patch,update
        prioritylevelconfigurations PriorityLevelConfiguration prioritylevelconfiguration C * - -
          /status . PriorityLevelConfiguration get,patch,update
        """;
}

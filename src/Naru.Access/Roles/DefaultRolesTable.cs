namespace Naru.Access.Roles;

/// <summary>The roles and bindings that every cluster has, in lines. <c>role NAME</c>, <c>role NAMESPACE/NAME</c>, <c>controller NAME</c> (a role <c>system:controller:NAME</c>
/// bound to the service account of that name in kube-system), <c>bind NAME ROLE SUBJECT…</c>. Below a role: verbs, groups, resources, names; or verbs and paths. <c>R</c> is
/// get, list, watch; <c>W</c> is create, delete, deletecollection, patch, update; <c>core</c> the core group. <c>+x</c> is the label that adds a role to the role x,
/// <c>=x</c> makes a role of the roles with that label.</summary>
internal static class DefaultRolesTable
{
    public const string Text = """
        role cluster-admin
          * * *
          * *
        role admin =admin
        role edit =edit +admin
        role view =view +edit
        role system:aggregate-to-admin +admin
          create authorization.k8s.io localsubjectaccessreviews
          R,W rbac.authorization.k8s.io rolebindings,roles
        role system:aggregate-to-edit +edit
          R core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
          impersonate core serviceaccounts
          W core pods,pods/attach,pods/exec,pods/portforward,pods/proxy
          create core pods/eviction
          patch,update core pods/resize
          W core configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy
          create core serviceaccounts/token
          W apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale
          W autoscaling horizontalpodautoscalers
          W batch cronjobs,jobs
          W extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale
          W policy poddisruptionbudgets
          W networking.k8s.io ingresses,networkpolicies
          R,W coordination.k8s.io leases
          W resource.k8s.io resourceclaims,resourceclaimtemplates
        role system:aggregate-to-view +view
          R core configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
          R core bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status
          R core namespaces
          R discovery.k8s.io endpointslices
          R apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
          R autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
          R batch cronjobs,cronjobs/status,jobs,jobs/status
          R extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale
          R policy poddisruptionbudgets,poddisruptionbudgets/status
          R networking.k8s.io ingresses,ingresses/status,networkpolicies
          R resource.k8s.io resourceclaims,resourceclaims/status,resourceclaimtemplates
        role system:auth-delegator
          create authentication.k8s.io tokenreviews
          create authorization.k8s.io subjectaccessreviews
        role system:basic-user
          create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews
          create authentication.k8s.io selfsubjectreviews
        role system:certificates.k8s.io:certificatesigningrequests:nodeclient
          create certificates.k8s.io certificatesigningrequests/nodeclient
        role system:certificates.k8s.io:certificatesigningrequests:selfnodeclient
          create certificates.k8s.io certificatesigningrequests/selfnodeclient
        role system:certificates.k8s.io:kube-apiserver-client-approver
          approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client
        role system:certificates.k8s.io:kube-apiserver-client-kubelet-approver
          approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet
        role system:certificates.k8s.io:kubelet-serving-approver
          approve certificates.k8s.io signers kubernetes.io/kubelet-serving
        role system:certificates.k8s.io:legacy-unknown-approver
          approve certificates.k8s.io signers kubernetes.io/legacy-unknown
        role system:discovery
          get /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
        role system:heapster
          R core events,namespaces,nodes,pods
          R extensions deployments
        role system:kube-aggregator
          R core endpoints,services
        role system:kube-controller-manager
          create,patch,update core,events.k8s.io events
          create coordination.k8s.io leases
          get,update coordination.k8s.io leases kube-controller-manager
          create core secrets,serviceaccounts
          delete core secrets
          get core configmaps,namespaces,secrets,serviceaccounts
          update core secrets,serviceaccounts
          create authentication.k8s.io tokenreviews
          create authorization.k8s.io subjectaccessreviews
          list,watch * *
          create core serviceaccounts/token
        role system:kube-dns
          list,watch core endpoints,services
        role system:kube-scheduler
          create,patch,update core,events.k8s.io events
          create coordination.k8s.io leases
          get,list,update,watch coordination.k8s.io leases kube-scheduler
          R core nodes
          delete,get,list,watch core pods
          create core bindings,pods/binding
          patch,update core pods/status
          R core replicationcontrollers,services
          R apps,extensions replicasets
          R apps statefulsets
          R policy poddisruptionbudgets
          R core persistentvolumeclaims,persistentvolumes
          create authentication.k8s.io tokenreviews
          create authorization.k8s.io subjectaccessreviews
          R storage.k8s.io csinodes
          R core namespaces
          R storage.k8s.io csidrivers
          R storage.k8s.io csistoragecapacities
          R storage.k8s.io volumeattachments
          R resource.k8s.io deviceclasses,resourceclaims,resourceslices
          patch,update resource.k8s.io resourceclaims,resourceclaims/status
        role system:kubelet-api-admin
          R core nodes
          proxy core nodes
          * core nodes/configz,nodes/healthz,nodes/log,nodes/metrics,nodes/pods,nodes/proxy,nodes/stats
        role system:monitoring
          get /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
        role system:node
          create authentication.k8s.io tokenreviews
          create authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews
          R core services
          create,get,list,watch core nodes
          patch,update core nodes/status
          patch,update core nodes
          create,patch,update core,events.k8s.io events
          R core pods
          create,delete core pods
          patch,update core pods/status
          create core pods/eviction
          R core configmaps,secrets
          get core persistentvolumeclaims,persistentvolumes
          get core endpoints
          create,get,list,watch certificates.k8s.io certificatesigningrequests
          create,delete,get,patch,update coordination.k8s.io leases
          get storage.k8s.io volumeattachments
          create core serviceaccounts/token
          get,patch,update core persistentvolumeclaims/status
          R storage.k8s.io csidrivers
          create,delete,get,patch,update storage.k8s.io csinodes
          R node.k8s.io runtimeclasses
          get resource.k8s.io resourceclaims
          deletecollection resource.k8s.io resourceslices
        role system:node-bootstrapper
          create,get,list,watch certificates.k8s.io certificatesigningrequests
        role system:node-problem-detector
          get core nodes
          patch core nodes/status
          create,patch,update core,events.k8s.io events
        role system:node-proxier
          list,watch core endpoints,services
          R core nodes
          create,patch,update core,events.k8s.io events
          list,watch discovery.k8s.io endpointslices
          list,watch networking.k8s.io servicecidrs
        role system:persistent-volume-provisioner
          create,delete,get,list,watch core persistentvolumes
          get,list,update,watch core persistentvolumeclaims
          R storage.k8s.io storageclasses
          watch core events
          create,patch,update core,events.k8s.io events
        role system:public-info-viewer
          get /healthz,/livez,/readyz,/version,/version/
        role system:service-account-issuer-discovery
          get /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
        role system:volume-scheduler
          get,list,patch,update,watch core persistentvolumes
          R storage.k8s.io storageclasses
          get,list,patch,update,watch core persistentvolumeclaims
        controller attachdetach-controller
          list,watch core persistentvolumeclaims,persistentvolumes
          R core nodes
          patch,update core nodes/status
          list,watch core pods
          create,patch,update core,events.k8s.io events
          create,delete,get,list,watch storage.k8s.io volumeattachments
          R storage.k8s.io csidrivers
          R storage.k8s.io csinodes
        controller certificate-controller
          delete,get,list,watch certificates.k8s.io certificatesigningrequests
          update certificates.k8s.io certificatesigningrequests/approval,certificatesigningrequests/status
          approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet
          sign certificates.k8s.io signers kubernetes.io/kube-apiserver-client,kubernetes.io/kube-apiserver-client-kubelet,kubernetes.io/kubelet-serving,kubernetes.io/legacy-unknown
          create authorization.k8s.io subjectaccessreviews
          create,patch,update core,events.k8s.io events
        controller clusterrole-aggregation-controller
          escalate,get,list,patch,update,watch rbac.authorization.k8s.io clusterroles
        controller cronjob-controller
          get,list,update,watch batch cronjobs
          create,delete,get,list,patch,update,watch batch jobs
          update batch cronjobs/status
          update batch cronjobs/finalizers
          delete,list,watch core pods
          create,patch,update core,events.k8s.io events
        controller daemon-set-controller
          R apps,extensions daemonsets
          update apps,extensions daemonsets/status
          update apps,extensions daemonsets/finalizers
          list,watch core nodes
          create,delete,list,patch,watch core pods
          create core pods/binding
          create,delete,get,list,patch,update,watch apps controllerrevisions
          create,patch,update core,events.k8s.io events
        controller deployment-controller
          get,list,update,watch apps,extensions deployments
          update apps,extensions deployments/status
          update apps,extensions deployments/finalizers
          create,delete,get,list,patch,update,watch apps,extensions replicasets
          get,list,update,watch core pods
          create,patch,update core,events.k8s.io events
        controller disruption-controller
          R apps,extensions deployments
          R apps,extensions replicasets
          R core replicationcontrollers
          R policy poddisruptionbudgets
          R apps statefulsets
          update policy poddisruptionbudgets/status
          patch,update core pods/status
          get * */scale
          create,patch,update core,events.k8s.io events
        controller endpoint-controller
          R core pods,services
          create,delete,get,list,update,watch core endpoints
          create core endpoints/restricted
          create,patch,update core,events.k8s.io events
        controller endpointslice-controller
          R core nodes,pods,services
          update core services/finalizers
          create,delete,get,list,update,watch discovery.k8s.io endpointslices
          create,patch,update core,events.k8s.io events
        controller endpointslicemirroring-controller
          R core endpoints,services
          update core services/finalizers
          update core endpoints/finalizers
          create,delete,get,list,update,watch discovery.k8s.io endpointslices
          create,patch,update core,events.k8s.io events
        controller ephemeral-volume-controller
          R core pods
          update core pods/finalizers
          create,get,list,watch core persistentvolumeclaims
          create,patch,update core,events.k8s.io events
        controller expand-controller
          get,list,patch,update,watch core persistentvolumes
          patch,update core persistentvolumeclaims/status
          R core persistentvolumeclaims
          create,patch,update core,events.k8s.io events
        controller generic-garbage-collector
          delete,get,list,patch,update,watch * *
          create,patch,update core,events.k8s.io events
        controller horizontal-pod-autoscaler
          R autoscaling horizontalpodautoscalers
          update autoscaling horizontalpodautoscalers/status
          get,update * */scale
          list,watch core pods
          list metrics.k8s.io pods
          get,list custom.metrics.k8s.io *
          get,list external.metrics.k8s.io *
          create,patch,update core,events.k8s.io events
        controller job-controller
          get,list,patch,update,watch batch jobs
          update batch jobs/status
          update batch jobs/finalizers
          create,delete,list,patch,watch core pods
          create,patch,update core,events.k8s.io events
        controller legacy-service-account-token-cleaner
          get core configmaps kube-apiserver-legacy-service-account-token-tracking
          delete,patch core secrets
        controller namespace-controller
          delete,get,list,watch core namespaces
          update core namespaces/finalize,namespaces/status
          delete,deletecollection,get,list * *
        controller node-controller
          delete,get,list,patch,update,watch core nodes
          patch,update core nodes/status
          delete,list,watch core pods
          get,list,update,watch core pods/status
          create,patch,update core,events.k8s.io events
          get core pods
        controller persistent-volume-binder
          create,delete,get,list,patch,update,watch core persistentvolumes
          patch,update core persistentvolumes/status
          get,list,patch,update,watch core persistentvolumeclaims
          patch,update core persistentvolumeclaims/status
          create,delete,get,list,watch core pods
          R storage.k8s.io storageclasses
          R core nodes
          create,patch,update core,events.k8s.io events
        controller pod-garbage-collector
          delete,list,watch core pods
          get,list core nodes
          patch core pods/status
        controller pv-protection-controller
          get,list,update,watch core persistentvolumes
          create,patch,update core,events.k8s.io events
        controller pvc-protection-controller
          get,list,update,watch core persistentvolumeclaims
          R core pods
          create,patch,update core,events.k8s.io events
        controller replicaset-controller
          get,list,update,watch apps,extensions replicasets
          update apps,extensions replicasets/status
          update apps,extensions replicasets/finalizers
          create,delete,list,patch,watch core pods
          create,patch,update core,events.k8s.io events
        controller replication-controller
          get,list,update,watch core replicationcontrollers
          update core replicationcontrollers/status
          update core replicationcontrollers/finalizers
          create,delete,list,patch,watch core pods
          create,patch,update core,events.k8s.io events
        controller resource-claim-controller
          R core pods
          update core pods/finalizers
          create,delete,get,list,watch resource.k8s.io resourceclaims
          patch,update resource.k8s.io resourceclaims,resourceclaims/status
          patch,update core pods/status
          create,patch,update core,events.k8s.io events
        controller resourcequota-controller
          list,watch * *
          update core resourcequotas/status
          create,patch,update core,events.k8s.io events
        controller root-ca-cert-publisher
          create,update core configmaps
          create,patch,update core,events.k8s.io events
        controller selinux-warning-controller
          R core persistentvolumeclaims,persistentvolumes,pods
          R storage.k8s.io csidrivers
          create,patch,update core,events.k8s.io events
        controller service-account-controller
          create core serviceaccounts
          create,patch,update core,events.k8s.io events
        controller service-cidrs-controller
          get,list,patch,update,watch networking.k8s.io servicecidrs
          patch,update networking.k8s.io servicecidrs/finalizers
          patch,update networking.k8s.io servicecidrs/status
          R networking.k8s.io ipaddresses
          create,patch,update core,events.k8s.io events
        controller statefulset-controller
          list,watch core pods
          R apps statefulsets
          update apps statefulsets/status
          update apps statefulsets/finalizers
          create,delete,get,patch,update core pods
          create,delete,get,list,patch,update,watch apps controllerrevisions
          create,get core persistentvolumeclaims
          create,patch,update core,events.k8s.io events
          delete,update core persistentvolumeclaims
        controller taint-eviction-controller
          R core nodes
          delete,get,list,watch core pods
          patch,update core pods/status
          create,patch,update core,events.k8s.io events
        controller ttl-after-finished-controller
          delete,get,list,watch batch jobs
          create,patch,update core,events.k8s.io events
        controller ttl-controller
          list,patch,update,watch core nodes
          create,patch,update core,events.k8s.io events
        controller validatingadmissionpolicy-status-controller
          R admissionregistration.k8s.io validatingadmissionpolicies
          patch,update admissionregistration.k8s.io validatingadmissionpolicies/status
          create,patch,update core,events.k8s.io events
        controller volumeattributesclass-protection-controller
          R core persistentvolumeclaims,persistentvolumes
          get,list,update,watch storage.k8s.io volumeattributesclasses
          create,patch,update core,events.k8s.io events
        role kube-system/extension-apiserver-authentication-reader
          R core configmaps extension-apiserver-authentication
        role kube-system/system:controller:bootstrap-signer
          R core secrets
        role kube-system/system:controller:cloud-provider
          create,get,list,watch core configmaps
        role kube-system/system:controller:token-cleaner
          delete,get,list,watch core secrets
          create,patch,update core,events.k8s.io events
        role kube-system/system::leader-locking-kube-controller-manager
          watch core configmaps
          get,update core configmaps kube-controller-manager
        role kube-system/system::leader-locking-kube-scheduler
          watch core configmaps
          get,update core configmaps kube-scheduler
        role kube-public/system:controller:bootstrap-signer
          R core configmaps
          update core configmaps cluster-info
          create,patch,update core,events.k8s.io events
        bind cluster-admin cluster-admin group:system:masters
        bind system:monitoring system:monitoring group:system:monitoring
        bind system:discovery system:discovery group:system:authenticated
        bind system:basic-user system:basic-user group:system:authenticated
        bind system:public-info-viewer system:public-info-viewer group:system:authenticated group:system:unauthenticated
        bind system:node-proxier system:node-proxier user:system:kube-proxy
        bind naru:node-bootstrapper system:node-bootstrapper group:system:bootstrappers
        bind naru:node-client-approval system:certificates.k8s.io:certificatesigningrequests:nodeclient group:system:bootstrappers
        bind naru:node-client-renewal system:certificates.k8s.io:certificatesigningrequests:selfnodeclient group:system:nodes
        bind system:kube-controller-manager system:kube-controller-manager user:system:kube-controller-manager
        bind system:kube-dns system:kube-dns account:kube-system/kube-dns
        bind system:kube-scheduler system:kube-scheduler user:system:kube-scheduler
        bind system:volume-scheduler system:volume-scheduler user:system:kube-scheduler
        bind system:node system:node
        bind system:service-account-issuer-discovery system:service-account-issuer-discovery group:system:serviceaccounts
        bind kube-system/system::extension-apiserver-authentication-reader extension-apiserver-authentication-reader user:system:kube-controller-manager user:system:kube-scheduler
        bind kube-system/system::leader-locking-kube-controller-manager system::leader-locking-kube-controller-manager user:system:kube-controller-manager account:kube-system/kube-controller-manager
        bind kube-system/system::leader-locking-kube-scheduler system::leader-locking-kube-scheduler user:system:kube-scheduler account:kube-system/kube-scheduler
        bind kube-system/system:controller:bootstrap-signer system:controller:bootstrap-signer account:kube-system/bootstrap-signer
        bind kube-system/system:controller:cloud-provider system:controller:cloud-provider account:kube-system/cloud-provider
        bind kube-system/system:controller:token-cleaner system:controller:token-cleaner account:kube-system/token-cleaner
        bind kube-public/system:controller:bootstrap-signer system:controller:bootstrap-signer account:kube-system/bootstrap-signer
        """;
}

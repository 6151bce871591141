using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Nodes;

/// <summary>A node writes about itself and its pods, and about nothing else.</summary>
internal sealed class NodeRestrictionRule(Lazy<IObjects> objects) : AdmissionRule
{
    private const string Prefix = "system:node:";

    public override int Order => 620;

    public override bool Handles(AdmissionRequest request) => IsNode(request.User);

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var node = request.User.Name[Prefix.Length..];
        switch (request.Resource.Resource.GroupResource.ToString())
        {
            case "pods":
                CheckPod(request, node);
                break;
            case "nodes":
                NodeChanges.Check(request, node);
                break;
            case "serviceaccounts" when request.Subresource == "token":
                CheckToken(request, node);
                break;
            case "persistentvolumeclaims" when request.Operation != AdmissionOperation.Update || request.Subresource != "status":
                throw request.Forbidden($"may only update PVC status");
            case "leases.coordination.k8s.io":
                CheckOwnName(request, node, "lease");
                break;
            case "csinodes.storage.k8s.io":
                CheckOwnName(request, node, "CSINode");
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsNode(UserInfo user) => user.Name.StartsWith(Prefix, StringComparison.Ordinal) && user.Name.Length > Prefix.Length && user.Groups.Contains("system:nodes");

    private static void CheckOwnName(AdmissionRequest request, string node, string what)
    {
        if ((request.Operation == AdmissionOperation.Create ? request.Object?.Text("metadata", "name") : request.Name) != node)
        {
            throw request.Forbidden($"can only access {(what == "lease" ? "node lease" : what)} with the same name as the requesting node");
        }

        if (what == "lease" && request.Namespace != "kube-node-lease")
        {
            throw request.Forbidden("can only access leases in the \"kube-node-lease\" system namespace");
        }
    }

    private void CheckPod(AdmissionRequest request, string node)
    {
        switch (request.Subresource, request.Operation)
        {
            case ("", AdmissionOperation.Create):
                CheckMirror(request, node);
                break;
            case ("", AdmissionOperation.Delete):
                DemandBound(request, node, "delete", request.Old ?? Find(request));
                break;
            case ("status", AdmissionOperation.Update):
                DemandBound(request, node, "update status for", request.Old);
                CheckLabels(request);
                break;
            case ("eviction", AdmissionOperation.Create):
                DemandBound(request, node, "evict", Find(request));
                break;
            case ("", AdmissionOperation.Connect) or ("exec" or "attach" or "portforward" or "proxy", _):
            case ("", _):
                throw request.Forbidden($"unexpected operation \"{request.Operation.ToString().ToUpperInvariant()}\", node \"{node}\" can only create and delete mirror pods");
            default:
                throw request.Forbidden($"unexpected pod subresource \"{request.Subresource}\", only 'status' and 'eviction' are allowed");
        }
    }

    private static void CheckLabels(AdmissionRequest request)
    {
        var (now, before) = (request.Object?.Map("metadata", "labels"), request.Old?.Map("metadata", "labels"));
        if (now is null ? before is { Count: > 0 } : before is null ? now.Count > 0 : !now.DeepEquals(before))
        {
            throw request.Forbidden("node cannot update labels through pod status");
        }
    }

    private static void CheckMirror(AdmissionRequest request, string node)
    {
        var pod = request.Object!;
        if (pod.Text("metadata", "annotations", Known.MirrorAnnotation) is null)
        {
            throw request.Forbidden($"pod does not have \"{Known.MirrorAnnotation}\" annotation, node \"{node}\" can only create mirror pods");
        }

        if (pod.Text("spec", "nodeName") != node)
        {
            throw request.Forbidden($"node \"{node}\" can only create pods with spec.nodeName set to itself");
        }

        foreach (var owner in pod.Maps("metadata", "ownerReferences"))
        {
            if (owner.Text("kind") != "Node" || owner.Text("name") != node || owner.Boolean("blockOwnerDeletion") == true)
            {
                throw request.Forbidden($"node \"{node}\" can only create pods with an owner reference set to itself");
            }
        }

        if (pod.Text("spec", "serviceAccountName") is { Length: > 0 })
        {
            throw request.Forbidden($"node \"{node}\" can not create pods that reference a service account");
        }

        foreach (var (source, words) in (ReadOnlySpan<(string, string)>)[("secret", "secrets"), ("configMap", "configmaps"), ("persistentVolumeClaim", "persistentvolumeclaims"), ("projected", "projected volumes")])
        {
            if (pod.Maps("spec", "volumes").Any(volume => volume.Has(source)))
            {
                throw request.Forbidden($"node \"{node}\" can not create pods that reference {words}");
            }
        }
    }

    private static void DemandBound(AdmissionRequest request, string node, string verb, MapValue? pod)
    {
        if (pod?.Text("spec", "nodeName") != node)
        {
            throw request.Forbidden($"node \"{node}\" can only {verb} pods with spec.nodeName set to itself");
        }
    }

    private void CheckToken(AdmissionRequest request, string node)
    {
        var bound = request.Object?.Map("spec", "boundObjectRef");
        if (bound?.Text("kind") != "Pod" || bound.Text("name") is not { Length: > 0 } name)
        {
            throw request.Forbidden("node requested token not bound to a pod");
        }

        var pod = objects.Value.Get(Known.Pods, request.Namespace, name) ?? throw request.Forbidden($"node requested token bound to a pod \"{name}\" that does not exist");
        if (bound.Text("uid") != pod.Uid)
        {
            throw request.Forbidden("the UID in the bound object reference does not match the UID in record");
        }

        if (pod.Tree.Text("spec", "nodeName") != node)
        {
            throw request.Forbidden("node requested token bound to a pod scheduled on a different node");
        }
    }

    private MapValue? Find(AdmissionRequest request) => objects.Value.Get(Known.Pods, request.Namespace, request.Name)?.Tree;
}

using Naru.Objects.Admission;
using Naru.Objects.Values;

namespace Naru.Admission.Nodes;

/// <summary>What a node may say about itself: not its taints, and of the labels that belong to Kubernetes only those that kubelets set.</summary>
internal static class NodeChanges
{
    private const string Reserved = "node-restriction.kubernetes.io";

    private static readonly HashSet<string> Own =
    [
        "kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
        "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "failure-domain.kubernetes.io/region", "failure-domain.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    ];

    public static void Check(AdmissionRequest request, string node)
    {
        var name = request.Operation == AdmissionOperation.Create ? request.Object?.Text("metadata", "name") : request.Name;
        if (name != node)
        {
            throw request.Forbidden($"node \"{node}\" is not allowed to modify node \"{name}\"");
        }

        switch (request.Operation)
        {
            case AdmissionOperation.Delete:
                throw request.Forbidden($"node \"{node}\" is not allowed to modify node \"{name}\"");
            case AdmissionOperation.Create:
                CheckLabels(request, node, request.Object?.Map("metadata", "labels"), null, "set");
                break;
            case AdmissionOperation.Update:
                if (!Same(request.Object?.At("spec", "taints"), request.Old?.At("spec", "taints")))
                {
                    throw request.Forbidden($"node \"{node}\" is not allowed to modify taints");
                }

                CheckLabels(request, node, request.Object?.Map("metadata", "labels"), request.Old?.Map("metadata", "labels"), "modify");
                break;
        }
    }

    private static void CheckLabels(AdmissionRequest request, string node, MapValue? now, MapValue? before, string verb)
    {
        var changed = (now?.Names ?? []).Concat(before?.Names ?? []).Distinct().Where(label => !Same(now?[label], before?[label]));
        var forbidden = changed.Where(IsForbidden).Order(StringComparer.Ordinal).ToList();
        if (forbidden.Count > 0)
        {
            throw request.Forbidden($"is not allowed to {verb} the following labels: {string.Join(", ", forbidden)}".Insert(0, $"node \"{node}\" "));
        }
    }

    private static bool IsForbidden(string label)
    {
        var slash = label.IndexOf('/', StringComparison.Ordinal);
        var domain = slash < 0 ? "" : label[..slash];
        if (In(domain, Reserved))
        {
            return true;
        }

        return (In(domain, "kubernetes.io") || In(domain, "k8s.io")) && !Own.Contains(label) && !In(domain, "kubelet.kubernetes.io") && !In(domain, "node.kubernetes.io");
    }

    private static bool In(string domain, string parent) => domain == parent || domain.EndsWith($".{parent}", StringComparison.Ordinal);

    private static bool Same(Value? left, Value? right) => left is null ? right is null : left.DeepEquals(right);
}

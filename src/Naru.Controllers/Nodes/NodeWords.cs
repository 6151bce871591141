using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>What the controllers of nodes read and write, and its names.</summary>
internal static class NodeWords
{
    public const string LeaseSpace = "kube-node-lease";
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Component = "node-controller";
    public static readonly GroupResource Leases = new("coordination.k8s.io", "leases");
    public static readonly WriteOptions Write = new() { FieldManager = Component };
    public static readonly WriteOptions WriteStatus = new() { FieldManager = Component, Subresource = "status" };

    /// <summary>A condition of an object's status; null if it has none of this type.</summary>
    public static MapValue? Condition(this MapValue tree, string type)
    {
        if (tree.List("status", "conditions") is { } list)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is MapValue condition && condition.Text("type") == type)
                {
                    return condition;
                }
            }
        }

        return null;
    }
}

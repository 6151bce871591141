using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>The parts of the pods' ranges that a node has, as it stood at a revision.</summary>
/// <param name="Uid">The node.</param>
/// <param name="Revision">Of the node.</param>
/// <param name="Parts">One for each family.</param>
/// <param name="IsWaiting">It has none and wants some.</param>
internal sealed record NodeParts(string Uid, long Revision, IReadOnlyList<string> Parts, bool IsWaiting)
{
    /// <summary>Its users know that there is none for it.</summary>
    public bool IsTold { get; init; }

    public static NodeParts Read(StoredObject node)
    {
        var parts = Of(node.Tree);
        return new NodeParts(node.Uid, node.Revision, parts, parts.Count == 0 && !node.IsEnding);
    }

    public static IReadOnlyList<string> Of(MapValue node) =>
        node.List("spec", "podCIDRs") is { } parts ? [.. parts.Texts()] : node.Text("spec", "podCIDR") is { Length: > 0 } part ? [part] : [];
}

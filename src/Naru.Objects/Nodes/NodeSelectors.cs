using Naru.Core.Errors;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Objects.Nodes;

/// <summary>Whether a node is one that a pod's selector and required affinity ask for. Pure.</summary>
public static class NodeSelectors
{
    /// <summary>True if the pod may be on the node.</summary>
    public static bool Match(MapValue podSpec, MapValue node)
    {
        var labels = node.Map("metadata", "labels");
        foreach (var (name, value) in podSpec.Map("nodeSelector") ?? [])
        {
            if (labels?.Text(name) != value.ToString())
            {
                return false;
            }
        }

        return podSpec.Map("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is not { } required
            || required.Maps("nodeSelectorTerms").Any(term => MatchTerm(term, labels, node.Text("metadata", "name")));
    }

    // A term without requirements matches nothing.
    private static bool MatchTerm(MapValue term, MapValue? labels, string? name)
    {
        var (expressions, fields) = (term.Maps("matchExpressions").ToList(), term.Maps("matchFields").ToList());
        return expressions.Count + fields.Count > 0
            && expressions.TrueForAll(one => Holds(one, labels?.Text(one.Text("key") ?? "")))
            && fields.TrueForAll(one => Holds(one, one.Text("key") == "metadata.name" ? name : null));
    }

    private static bool Holds(MapValue expression, string? value)
    {
        var wanted = LabelSelector.FindOperator(expression.Text("operator"));
        try
        {
            return wanted is { } known && new LabelRequirement(expression.Text("key") ?? "", known, [.. expression.List("values")?.Texts() ?? []]).Matches(value);
        }
        catch (NaruException)
        {
            // What cannot be read matches nothing.
            return false;
        }
    }
}

using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>One term of a node selector: labels and fields (only <c>metadata.name</c> exists). A term without requirements matches nothing.</summary>
internal sealed class NodeTerm
{
    private readonly LabelRules _labels;
    private readonly LabelRule[] _fields;
    private readonly bool _empty;

    public NodeTerm(MapValue term)
    {
        _labels = new(LabelRules.Expressions(term, "matchExpressions"));
        _fields = [.. LabelRules.Expressions(term, "matchFields")];
        _empty = _labels.IsEverything && _fields.Length == 0;
    }

    /// <summary>The node names that the term is limited to; null if it is not.</summary>
    public string[]? Names => Array.Find(_fields, static one => one.Key == "metadata.name" && one.Operator == "In")?.Values;

    public static NodeTerm[] ReadAll(MapValue? selector) => [.. (selector?.Maps("nodeSelectorTerms") ?? []).Select(static term => new NodeTerm(term))];

    public static bool AnyMatches(NodeTerm[] terms, NodeFacts node) => Array.Exists(terms, term => term.Matches(node));

    public bool Matches(NodeFacts node)
    {
        if (_empty || !_labels.Match(node.Labels))
        {
            return false;
        }

        foreach (var field in _fields)
        {
            var has = field.Key == "metadata.name" && Array.IndexOf(field.Values, node.Name) >= 0;
            if (field.Key != "metadata.name" || has != (field.Operator == "In"))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A node term that a pod would like to be met, and how much.</summary>
internal sealed record PreferredNodeTerm(NodeTerm Term, int Weight);

/// <summary>What a pod puts up with on a node.</summary>
internal sealed record Toleration(string Key, bool AnyValue, string Value, string Effect)
{
    public static Toleration Read(MapValue toleration) =>
        new(toleration.Text("key") ?? "", toleration.Text("operator") == "Exists", toleration.Text("value") ?? "", toleration.Text("effect") ?? "");

    public static bool AnyTolerates(Toleration[] tolerations, Taint taint)
    {
        foreach (var toleration in tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }

    public bool Tolerates(Taint taint) =>
        (Effect.Length == 0 || Effect == taint.Effect) && (Key == taint.Key || (Key.Length == 0 && AnyValue)) && (AnyValue || Value == taint.Value);
}

/// <summary>What keeps pods off a node.</summary>
internal sealed record Taint(string Key, string Value, string Effect)
{
    /// <summary>It keeps pods off, rather than only making the node less liked.</summary>
    public bool IsHard => Effect is "NoSchedule" or "NoExecute";
}

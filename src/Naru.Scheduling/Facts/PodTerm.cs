using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>A term of (anti-)affinity to other pods as a pod has it, before it is known in which namespace and with which labels the pod lives.</summary>
internal sealed record PodTerm
{
    public required LabelRules? Selector { get; init; }

    public required string[] Namespaces { get; init; }

    /// <summary>Null where the pod names none; matches all namespaces where it is empty.</summary>
    public required LabelRules? NamespaceSelector { get; init; }

    public required string TopologyKey { get; init; }

    public string[] MatchLabelKeys { get; init; } = [];

    public string[] MismatchLabelKeys { get; init; } = [];

    public static PodTerm Read(MapValue term) => new()
    {
        Selector = LabelRules.Read(term.Map("labelSelector")),
        Namespaces = [.. term.List("namespaces")?.Texts() ?? []],
        NamespaceSelector = LabelRules.Read(term.Map("namespaceSelector")),
        TopologyKey = term.Text("topologyKey") ?? "",
        MatchLabelKeys = [.. term.List("matchLabelKeys")?.Texts() ?? []],
        MismatchLabelKeys = [.. term.List("mismatchLabelKeys")?.Texts() ?? []],
    };

    /// <summary>The pods that the term speaks of, when a pod of this namespace with these labels has it.</summary>
    public PodSet Resolve(string @namespace, IReadOnlyDictionary<string, string> labels)
    {
        var rules = Selector?.And(Keys(MatchLabelKeys, "In", labels)).And(Keys(MismatchLabelKeys, "NotIn", labels));
        return new PodSet(rules, Namespaces.Length == 0 && NamespaceSelector is null ? [@namespace] : Namespaces, NamespaceSelector);
    }

    internal static IEnumerable<LabelRule> Keys(string[] keys, string @operator, IReadOnlyDictionary<string, string> labels) =>
        keys.Where(labels.ContainsKey).Select(key => new LabelRule(key, @operator, [labels[key]]));
}

/// <summary>A term that a pod would like to be met; a negative weight: not to be met.</summary>
internal sealed record WeightedPodTerm(PodTerm Term, int Weight);

/// <summary>How evenly pods are to lie over the values of a label of nodes.</summary>
internal sealed record SpreadRule
{
    public required string TopologyKey { get; init; }

    public required int MaxSkew { get; init; }

    /// <summary>Refuse nodes (<c>DoNotSchedule</c>) or only like them less.</summary>
    public required bool Hard { get; init; }

    public required LabelRules? Selector { get; init; }

    public int MinDomains { get; init; } = 1;

    public bool HonorAffinity { get; init; } = true;

    public bool HonorTaints { get; init; }

    public string[] MatchLabelKeys { get; init; } = [];

    public static SpreadRule Read(MapValue rule) => new()
    {
        TopologyKey = rule.Text("topologyKey") ?? "",
        MaxSkew = (int)Math.Clamp(rule.Integer("maxSkew") ?? 1, 1, int.MaxValue),
        Hard = rule.Text("whenUnsatisfiable") != "ScheduleAnyway",
        Selector = LabelRules.Read(rule.Map("labelSelector")),
        MinDomains = (int)Math.Clamp(rule.Integer("minDomains") ?? 1, 1, int.MaxValue),
        HonorAffinity = rule.Text("nodeAffinityPolicy") != "Ignore",
        HonorTaints = rule.Text("nodeTaintsPolicy") == "Honor",
        MatchLabelKeys = [.. rule.List("matchLabelKeys")?.Texts() ?? []],
    };

    /// <summary>The pods that are counted.</summary>
    public PodSet Resolve(string @namespace, IReadOnlyDictionary<string, string> labels) =>
        new(Selector?.And(PodTerm.Keys(MatchLabelKeys, "In", labels)), [@namespace], null);
}

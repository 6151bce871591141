namespace Naru.Scheduling.Facts;

/// <summary>Pods by namespace and labels. Equal sets have equal <see cref="Text"/>.</summary>
internal sealed class PodSet
{
    private readonly LabelRules? _rules;
    private readonly HashSet<string> _namespaces;
    private readonly LabelRules? _namespaceRules;

    public PodSet(LabelRules? rules, IReadOnlyList<string> namespaces, LabelRules? namespaceRules)
    {
        _rules = rules;
        _namespaces = new(namespaces, StringComparer.Ordinal);
        _namespaceRules = namespaceRules;
        Text = $"{rules?.Text ?? "\u0003"}\u0004{string.Join(',', _namespaces.Order(StringComparer.Ordinal))}\u0004{namespaceRules?.Text ?? "\u0003"}";
    }

    public string Text { get; }

    /// <summary>The only namespaces it can speak of; null if namespaces are found by their labels.</summary>
    public IReadOnlyCollection<string>? Namespaces => _namespaceRules is null ? _namespaces : null;

    /// <summary>Whether a pod is one of them.</summary>
    /// <param name="space">Namespace of the pod.</param>
    /// <param name="labels">Labels of the pod.</param>
    /// <param name="spaces">Labels of all namespaces.</param>
    public bool Has(string space, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> spaces) =>
        _rules is not null && HasNamespace(space, spaces) && _rules.Match(labels);

    private bool HasNamespace(string space, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> spaces) =>
        _namespaces.Contains(space) || (_namespaceRules is not null && (_namespaceRules.IsEverything || _namespaceRules.Match(spaces.GetValueOrDefault(space, TextMap.Empty))));
}

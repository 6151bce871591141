using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Verbs, groups, resources or namespaces that a rule names; <c>*</c> for all.</summary>
internal readonly struct FlowWords(MapValue rule, string field)
{
    private readonly string[] _words = [.. rule.List(field)?.Texts() ?? []];

    /// <summary>The word, or every word, is named.</summary>
    public bool Has(string word) => Array.IndexOf(_words, "*") >= 0 || Array.IndexOf(_words, word) >= 0;
}

using Naru.Cluster.Caching;
using Naru.Objects.Selectors;

namespace Naru.Cluster.Watching;

/// <summary>What a list or a watch wants to see. Equal wishes have equal <see cref="Key"/>s and are judged once.</summary>
internal sealed class ObjectFilter
{
    /// <summary>Every object of a resource.</summary>
    public static readonly ObjectFilter Everything = new(null, LabelSelector.Everything, []);

    private readonly FieldTerm[] _terms;
    private readonly LabelSelector _labels;
    private readonly bool _allLabels;

    public ObjectFilter(string? @namespace, LabelSelector labels, FieldTerm[] terms)
    {
        Namespace = @namespace;
        _labels = labels;
        _allLabels = labels.IsEverything;
        _terms = terms;
        Indexed = Array.Find(terms, static term => !term.Negated && term.Place != FieldTerm.NamespacePlace);
        Key = $"{@namespace}\n{labels}\n{string.Join(',', terms.Select(static term => term.ToString()))}";
    }

    /// <summary>The namespace; null for all.</summary>
    public string? Namespace { get; }

    /// <summary>The same for filters that want the same.</summary>
    public string Key { get; }

    /// <summary>A term that names the one value of a field: changes are led to it by an index. Null if there is none.</summary>
    public FieldTerm? Indexed { get; }

    /// <summary>Neither labels nor fields matter.</summary>
    public bool HasSelectors => !_allLabels || _terms.Length > 0;

    /// <summary>Sees everything.</summary>
    public bool IsEverything => Namespace is null && !HasSelectors;

    /// <summary>The one name that it wants to see, if it is about one name.</summary>
    public string? SingleName => Indexed is { Place: FieldTerm.NamePlace } ? Indexed.Value : null;

    /// <summary>Whether the object is wanted.</summary>
    public bool Matches(CachedObject item)
    {
        if (Namespace is not null && item.Namespace != Namespace)
        {
            return false;
        }

        foreach (var term in _terms)
        {
            if (!term.Matches(item))
            {
                return false;
            }
        }

        return _allLabels || _labels.Matches(item.Labels);
    }
}

/// <summary>One field and the value that it must or must not have.</summary>
internal sealed record FieldTerm(int Place, string Value, bool Negated)
{
    /// <summary>metadata.name.</summary>
    public const int NamePlace = -1;

    /// <summary>metadata.namespace.</summary>
    public const int NamespacePlace = -2;

    /// <summary>Whether the object has, or has not, the value.</summary>
    public bool Matches(CachedObject item) => Read(item, Place) == Value != Negated;

    /// <summary>A field of an object.</summary>
    public static string Read(CachedObject item, int place) => place switch
    {
        NamePlace => item.Name,
        NamespacePlace => item.Namespace,
        _ => item.Field(place),
    };
}

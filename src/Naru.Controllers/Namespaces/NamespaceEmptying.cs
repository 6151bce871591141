using System.Globalization;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Namespaces;

/// <summary>How far the content of a namespace is gone, for its conditions.</summary>
internal sealed class NamespaceEmptying
{
    private readonly SortedDictionary<string, int> _remaining = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _finalizers = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];

    /// <summary>Nothing is left.</summary>
    public bool IsDone => _remaining.Count == 0 && _failures.Count == 0;

    /// <summary>An object still stands.</summary>
    public void Remains(StoredObject one)
    {
        Count(_remaining, $"{one.Resource.Resource}.{one.Resource.Group}");
        foreach (var finalizer in one.Tree.List("metadata", "finalizers")?.Texts() ?? [])
        {
            Count(_finalizers, finalizer);
        }
    }

    /// <summary>An object could not be deleted.</summary>
    public void Fails(string message) => _failures.Add(message);

    /// <summary>Sets the conditions. Always true, for use as a change.</summary>
    public bool WriteTo(MapValue status, DateTimeOffset now)
    {
        StatusConditions.Set(status, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered", now);
        StatusConditions.Set(status, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed", now);
        if (_failures.Count == 0)
        {
            StatusConditions.Set(status, "NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization", now);
        }
        else
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"Failed to delete all resource types, {_failures.Count} remaining: {string.Join(", ", _failures.Distinct().Order(StringComparer.Ordinal))}");
            StatusConditions.Set(status, "NamespaceDeletionContentFailure", true, "ContentDeletionFailed", text, now);
        }

        Set(status, "NamespaceContentRemaining", _remaining, ("ContentRemoved", "All content successfully removed"), ("SomeResourcesRemain", "Some resources are remaining: "), static row => $"{row.Key} has {row.Value} resource instances", now);
        Set(status, "NamespaceFinalizersRemaining", _finalizers, ("ContentHasNoFinalizers", "All content-preserving finalizers finished"), ("SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: "), static row => $"{row.Key} in {row.Value} resource instances", now);
        return true;
    }

    private static void Set(
        MapValue status, string type, SortedDictionary<string, int> counts, (string Reason, string Text) none, (string Reason, string Text) some, Func<KeyValuePair<string, int>, string> words, DateTimeOffset now)
    {
        var (reason, text) = counts.Count == 0 ? none : (some.Reason, some.Text + string.Join(", ", counts.Select(words)));
        StatusConditions.Set(status, type, counts.Count > 0, reason, text, now);
    }

    private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}

using System.Collections.Immutable;

namespace Naru.Dialects.Docker.Containers;

/// <summary>
/// Remembers which empty lists a client wrote the unusual way (<c>null</c> where clients write <c>[]</c>, or the other way round),
/// so that an inspection shows what was asked and the engine need not know the difference.
/// </summary>
internal sealed class EmptyLists
{
    public const string Note = "docker.empty-lists";

    private readonly SortedSet<string> _unusual = new(StringComparer.Ordinal);

    public static EmptyLists From(ImmutableSortedDictionary<string, string> notes)
    {
        var lists = new EmptyLists();
        if (notes.TryGetValue(Note, out var names))
        {
            lists._unusual.UnionWith(names.Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
        return lists;
    }

    public string Text => string.Join(',', _unusual);

    public void Asked(string name, int? count, bool usuallyNull)
    {
        if (count is null ? !usuallyNull : count == 0 && usuallyNull)
        {
            _unusual.Add(name);
        }
    }

    /// <summary>The list as it is to be shown: null only where an empty one was asked as null.</summary>
    public T[]? Shown<T>(string name, IReadOnlyCollection<T> values, bool usuallyNull) =>
        values.Count > 0 ? [.. values] : IsNull(name, usuallyNull) ? null : [];

    public bool IsNull(string name, bool usuallyNull) => usuallyNull != _unusual.Contains(name);
}

using Naru.Cluster.Caching;

namespace Naru.Cluster.Reading;

/// <summary>A resource as it was: what stands, with the changes since taken back.</summary>
internal static class Rollback
{
    /// <summary>The objects before the changes, in order.</summary>
    public static IReadOnlyList<CachedObject> To(IReadOnlyList<CachedObject> now, List<CacheChange> since, string? @namespace)
    {
        // The first change of an object tells what was before it.
        var before = new Dictionary<(string Namespace, string Name), CachedObject?>();
        foreach (var change in since)
        {
            var one = change.Either;
            if (@namespace is null || one.Namespace == @namespace)
            {
                before.TryAdd((one.Namespace, one.Name), change.Previous);
            }
        }

        var items = new List<CachedObject>(now.Count + before.Count);
        foreach (var item in now)
        {
            if (!before.Remove((item.Namespace, item.Name), out var older))
            {
                items.Add(item);
            }
            else if (older is not null)
            {
                items.Add(older);
            }
        }

        var gone = before.Values.OfType<CachedObject>().ToList();
        if (gone.Count > 0)
        {
            items.AddRange(gone);
            items.Sort(static (left, right) => SortedObjects.Compare(left, right.Namespace, right.Name));
        }

        return items;
    }

    /// <summary>Place of the first object behind a name.</summary>
    public static int FirstAfter(IReadOnlyList<CachedObject> items, string @namespace, string name)
    {
        int low = 0, high = items.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (SortedObjects.Compare(items[middle], @namespace, name) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

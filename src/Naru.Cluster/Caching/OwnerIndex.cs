using Naru.Objects.Api;

namespace Naru.Cluster.Caching;

/// <summary>Which objects an object owns, over all resources. Any thread.</summary>
internal sealed class OwnerIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<DependentKey, CachedObject>> _byOwner = new(StringComparer.Ordinal);

    /// <summary>The objects that name the owner.</summary>
    public IReadOnlyList<StoredObject> DependentsOf(string uid)
    {
        lock (_gate)
        {
            return _byOwner.TryGetValue(uid, out var those) ? [.. those.Values] : [];
        }
    }

    /// <summary>An object has taken another's place.</summary>
    public void Change(CachedObject? previous, CachedObject? current)
    {
        if (previous is not null && (current is null || !previous.Owners.AsSpan().SequenceEqual(current.Owners)))
        {
            Remove(previous);
        }

        if (current is not null)
        {
            Add(current);
        }
    }

    /// <summary>An object has come, or come anew.</summary>
    public void Add(CachedObject item)
    {
        if (item.Owners.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var owner in item.Owners)
            {
                if (!_byOwner.TryGetValue(owner, out var those))
                {
                    _byOwner[owner] = those = [];
                }

                those[DependentKey.Of(item)] = item;
            }
        }
    }

    /// <summary>An object has gone.</summary>
    public void Remove(CachedObject item)
    {
        if (item.Owners.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var owner in item.Owners)
            {
                if (_byOwner.TryGetValue(owner, out var those) && those.Remove(DependentKey.Of(item)) && those.Count == 0)
                {
                    _byOwner.Remove(owner);
                }
            }
        }
    }

    private readonly record struct DependentKey(string Group, string Resource, string Namespace, string Name)
    {
        public static DependentKey Of(CachedObject item) => new(item.Resource.Group, item.Resource.Resource, item.Namespace, item.Name);
    }
}

using Naru.Objects.Api;

namespace Naru.Controllers.Runtime;

/// <summary>Objects of a resource by the identity of their controlling owner, and those without one by namespace. Follows an informer, so it knows this process' own writes.</summary>
public sealed class OwnerIndex
{
    private static readonly IReadOnlyList<StoredObject> None = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _owned = [];
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _orphans = [];

    /// <summary>An index over an informer's objects.</summary>
    public OwnerIndex(Informer informer) => informer.Subscribe(Follow, first: true);

    /// <summary>The objects that an owner controls, in no order; a snapshot.</summary>
    public IReadOnlyList<StoredObject> Of(string ownerUid) => Read(_owned, ownerUid);

    /// <summary>The objects of a namespace that nobody controls, in no order; a snapshot.</summary>
    public IReadOnlyList<StoredObject> OrphansIn(string @namespace) => Read(_orphans, @namespace);

    /// <summary>How many objects an owner controls.</summary>
    public int CountOf(string ownerUid)
    {
        lock (_lock)
        {
            return _owned.TryGetValue(ownerUid, out var bucket) ? bucket.Count : 0;
        }
    }

    internal void Forget()
    {
        lock (_lock)
        {
            _owned.Clear();
            _orphans.Clear();
        }
    }

    private IReadOnlyList<StoredObject> Read(Dictionary<string, Dictionary<string, StoredObject>> buckets, string key)
    {
        lock (_lock)
        {
            return buckets.TryGetValue(key, out var bucket) ? [.. bucket.Values] : None;
        }
    }

    private void Follow(StoredObject? old, StoredObject? now)
    {
        var before = old?.ControllerUid;
        var after = now?.ControllerUid;
        lock (_lock)
        {
            if (old is not null && (now is null || before != after))
            {
                Take(before is null ? _orphans : _owned, before ?? old.Namespace, old.Uid);
            }

            if (now is not null)
            {
                var buckets = after is null ? _orphans : _owned;
                var key = after ?? now.Namespace;
                if (!buckets.TryGetValue(key, out var bucket))
                {
                    buckets[key] = bucket = [];
                }

                bucket[now.Uid] = now;
            }
        }
    }

    private static void Take(Dictionary<string, Dictionary<string, StoredObject>> buckets, string key, string uid)
    {
        if (buckets.TryGetValue(key, out var bucket) && bucket.Remove(uid) && bucket.Count == 0)
        {
            buckets.Remove(key);
        }
    }
}

using Naru.Controllers.Runtime;
using Naru.Objects.Resources;

namespace Naru.Controllers.Collection;

/// <summary>Which resources the collector follows by now. What hangs on another waits until it does: what is deleted before a watch begins is told by nobody. Any thread.</summary>
internal sealed class FollowedResources
{
    private readonly Lock _lock = new();
    private readonly HashSet<GroupResource> _followed = [];
    private readonly Dictionary<GroupResource, HashSet<ObjectKey>> _waiting = [];

    /// <summary>Something waits.</summary>
    public bool AnyWaits
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count > 0;
            }
        }
    }

    /// <summary>Whether a resource is one that the collector follows: objects that can be watched and deleted, under the name that they are stored by. Events own nothing and come in crowds.</summary>
    public static bool IsFollowable(ResourceInfo info) =>
        info.Verbs.Contains("watch") && info.Verbs.Contains("delete") && info.Resource.Resource != "events" && (info.StorageGroup is null || info.StorageGroup == info.Resource.Group);

    /// <summary>Keeps the key until the resource is followed; false if it is followed.</summary>
    public bool TryWait(GroupResource resource, ObjectKey key)
    {
        lock (_lock)
        {
            if (_followed.Contains(resource))
            {
                return false;
            }

            if (!_waiting.TryGetValue(resource, out var keys))
            {
                _waiting[resource] = keys = [];
            }

            keys.Add(key);
            return true;
        }
    }

    /// <summary>A watch tells of every change from now on; gives what waited for it. False if one did before, and was cut off.</summary>
    public bool TryBegin(GroupResource resource, out IReadOnlyCollection<ObjectKey> waited)
    {
        lock (_lock)
        {
            waited = Take(resource);
            return _followed.Add(resource);
        }
    }

    /// <summary>The resource is followed no more; gives what waited for it.</summary>
    public IReadOnlyCollection<ObjectKey> End(GroupResource resource)
    {
        lock (_lock)
        {
            _followed.Remove(resource);
            return Take(resource);
        }
    }

    private HashSet<ObjectKey> Take(GroupResource resource) => _waiting.Remove(resource, out var keys) ? keys : [];
}

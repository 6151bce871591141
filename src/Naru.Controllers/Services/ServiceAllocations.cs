using Naru.Objects.Api;

namespace Naru.Controllers.Services;

/// <summary>Who holds an address or a port.</summary>
internal sealed record Holder(string Namespace, string Name, string Uid)
{
    public static Holder Of(StoredObject service) => new(service.Namespace, service.Name, service.Uid);
}

/// <summary>
/// Which service holds which address and node port: what stands, as the watch tells it, and what writes that are under way have taken. What stands is asked of the object
/// core once more before it refuses anybody, so a service that was just deleted holds nothing up. Any thread.
/// </summary>
internal sealed class ServiceAllocations(Lazy<IObjects> objects)
{
    private const int MostSeen = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Holder> _standing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Holder> _pending = new(StringComparer.Ordinal);
    private readonly Queue<string> _seenInOrder = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes an address or a port; false if somebody else holds it.</summary>
    public bool TryTake(string key, Holder holder)
    {
        lock (_gate)
        {
            if (_pending.TryGetValue(key, out var other) && other.Uid != holder.Uid)
            {
                return false;
            }

            if (_standing.TryGetValue(key, out var standing) && standing.Uid != holder.Uid && Holds(standing, key))
            {
                return false;
            }

            _pending[key] = holder;
            return true;
        }
    }

    /// <summary>Gives back what a write took that was not made.</summary>
    public void GiveBack(string key, Holder holder)
    {
        lock (_gate)
        {
            if (_pending.TryGetValue(key, out var other) && other.Uid == holder.Uid)
            {
                _pending.Remove(key);
            }
        }
    }

    /// <summary>A write that is under way has taken it.</summary>
    public bool IsPending(string key)
    {
        lock (_gate)
        {
            return _pending.ContainsKey(key);
        }
    }

    /// <summary>The service that holds it; null if none does.</summary>
    public Holder? HolderOf(string key)
    {
        lock (_gate)
        {
            return _standing.TryGetValue(key, out var standing) && Holds(standing, key) ? standing : null;
        }
    }

    /// <summary>The watch has lately told of this service: what it holds stands here, or it is gone.</summary>
    public bool HasSeen(string uid)
    {
        lock (_gate)
        {
            return _seen.Contains(uid);
        }
    }

    /// <summary>Forgets what stands: it is told anew.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _standing.Clear();
        }
    }

    /// <summary>A service has changed, come (no previous) or gone (no current).</summary>
    public void Follow(StoredObject? previous, StoredObject? current)
    {
        lock (_gate)
        {
            See((current ?? previous)!.Uid);
            foreach (var key in previous is null ? [] : ServiceFacts.HoldingsOf(previous.Tree))
            {
                if (_standing.TryGetValue(key, out var holder) && holder.Uid == previous!.Uid)
                {
                    _standing.Remove(key);
                }
            }

            foreach (var key in current is null ? [] : ServiceFacts.HoldingsOf(current.Tree))
            {
                _standing[key] = Holder.Of(current!);
                if (_pending.TryGetValue(key, out var taker) && taker.Uid == current!.Uid)
                {
                    _pending.Remove(key);
                }
            }
        }
    }

    private void See(string uid)
    {
        if (!_seen.Add(uid))
        {
            return;
        }

        _seenInOrder.Enqueue(uid);
        if (_seenInOrder.Count > MostSeen)
        {
            _seen.Remove(_seenInOrder.Dequeue());
        }
    }

    private bool Holds(Holder holder, string key) =>
        objects.Value.Get(UpkeepResources.Services, holder.Namespace, holder.Name) is { } service && service.Uid == holder.Uid && ServiceFacts.HoldingsOf(service.Tree).Contains(key);
}

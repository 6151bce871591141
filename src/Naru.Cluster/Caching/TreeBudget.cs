using System.Collections.Concurrent;

namespace Naru.Cluster.Caching;

/// <summary>Keeps the trees and typed forms of the objects used last, up to so many bytes of JSON: a tree takes several times the memory of its text, and fifty thousand objects are not all read all
/// the time. Second chance: what was read since it came in last stays once more.</summary>
internal sealed class TreeBudget(long most)
{
    private readonly ConcurrentQueue<CachedObject> _queue = new();
    private long _held;

    /// <summary>Bytes of JSON whose trees are kept.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Told when an object has made a tree or a typed form that it had not.</summary>
    public void Add(CachedObject item)
    {
        _queue.Enqueue(item);
        if (Interlocked.Add(ref _held, item.Size) > most)
        {
            Shrink();
        }
    }

    private void Shrink()
    {
        var chances = _queue.Count;
        while (Volatile.Read(ref _held) > most && _queue.TryDequeue(out var item))
        {
            if (chances-- > 0 && item.TakeUse())
            {
                _queue.Enqueue(item);
                continue;
            }

            Interlocked.Add(ref _held, -item.Size);
            item.Forget();
        }
    }
}

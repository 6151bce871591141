using System.Collections;

namespace Naru.Cluster.Caching;

/// <summary>A resource's objects at one moment, in order of namespace and name. Never changes.</summary>
internal sealed class ObjectSnapshot
{
    private readonly ReadOnlyMemory<CachedObject>[] _chunks;
    private readonly int[] _starts;

    public ObjectSnapshot(ReadOnlyMemory<CachedObject>[] chunks)
    {
        _chunks = chunks;
        _starts = new int[chunks.Length + 1];
        for (var index = 0; index < chunks.Length; index++)
        {
            _starts[index + 1] = _starts[index] + chunks[index].Length;
        }
    }

    public int Count => _starts[^1];

    public CachedObject this[int index]
    {
        get
        {
            var chunk = Array.BinarySearch(_starts, index);
            chunk = chunk < 0 ? ~chunk - 1 : chunk;
            return _chunks[chunk].Span[index - _starts[chunk]];
        }
    }

    /// <summary>The objects of a namespace, or (null) of all.</summary>
    public IReadOnlyList<CachedObject> In(string? @namespace) => @namespace is null ? new Slice(this, 0, Count) : new Slice(this, IndexOf(@namespace, ""), IndexOf(@namespace + "\0", ""));

    /// <summary>Place of the first object that is not below.</summary>
    public int IndexOf(string @namespace, string name)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (SortedObjects.Compare(this[middle], @namespace, name) < 0)
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

    /// <summary>Some of a snapshot.</summary>
    private sealed class Slice(ObjectSnapshot snapshot, int start, int end) : IReadOnlyList<CachedObject>
    {
        public int Count => end - start;

        public CachedObject this[int index] => index >= 0 && index < Count ? snapshot[start + index] : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<CachedObject> GetEnumerator()
        {
            var index = start;
            while (index < end)
            {
                var chunk = Array.BinarySearch(snapshot._starts, index);
                chunk = chunk < 0 ? ~chunk - 1 : chunk;
                var last = Math.Min(end, snapshot._starts[chunk + 1]);
                for (; index < last; index++)
                {
                    yield return snapshot._chunks[chunk].Span[index - snapshot._starts[chunk]];
                }
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace Naru.Cluster.Caching;

/// <summary>Objects in order of namespace and name, in chunks. A snapshot costs nothing when taken: the chunks that it shares are copied when they next change.
/// Not safe for several threads; snapshots are.</summary>
internal sealed class SortedObjects
{
    private const int LargestChunk = 128;

    private readonly List<Chunk> _chunks = [];
    private long _generation = 1;
    private ObjectSnapshot? _snapshot;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The object, or null.</summary>
    public CachedObject? Find(string @namespace, string name)
    {
        var place = ChunkOf(@namespace, name);
        if (place < 0)
        {
            return null;
        }

        var chunk = _chunks[place];
        var index = chunk.Search(@namespace, name);
        return index < 0 ? null : chunk.Items[index];
    }

    /// <summary>Puts an object in, in the place of one of the same name.</summary>
    public void Set(CachedObject item)
    {
        _snapshot = null;
        var place = Math.Max(0, ChunkOf(item.Namespace, item.Name));
        if (_chunks.Count == 0)
        {
            _chunks.Add(new Chunk(_generation));
        }

        var chunk = Own(place);
        var index = chunk.Search(item.Namespace, item.Name);
        if (index >= 0)
        {
            chunk.Items[index] = item;
            return;
        }

        chunk.Insert(~index, item);
        Count++;
        if (chunk.Count == LargestChunk)
        {
            _chunks.Insert(place + 1, chunk.Split(_generation));
        }
    }

    /// <summary>Takes an object out.</summary>
    public void Remove(string @namespace, string name)
    {
        var place = ChunkOf(@namespace, name);
        var index = place < 0 ? -1 : _chunks[place].Search(@namespace, name);
        if (index < 0)
        {
            return;
        }

        _snapshot = null;
        var chunk = Own(place);
        chunk.RemoveAt(index);
        Count--;
        if (chunk.Count == 0)
        {
            _chunks.RemoveAt(place);
        }
    }

    /// <summary>All as they are now.</summary>
    public ObjectSnapshot Snapshot()
    {
        if (_snapshot is null)
        {
            _generation++;
            _snapshot = new ObjectSnapshot([.. _chunks.Select(static chunk => new ReadOnlyMemory<CachedObject>(chunk.Items, 0, chunk.Count))]);
        }

        return _snapshot;
    }

    /// <summary>Order of namespace, then name.</summary>
    public static int Compare(CachedObject item, string @namespace, string name)
    {
        var order = string.CompareOrdinal(item.Namespace, @namespace);
        return order != 0 ? order : string.CompareOrdinal(item.Name, name);
    }

    private Chunk Own(int place)
    {
        var chunk = _chunks[place];
        if (chunk.Generation != _generation)
        {
            _chunks[place] = chunk = chunk.Copy(_generation);
        }

        return chunk;
    }

    // The last chunk whose first object is not above the place; the first chunk for what is below all; -1 when there is none.
    private int ChunkOf(string @namespace, string name)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Compare(_chunks[middle].Items[0], @namespace, name) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return _chunks.Count == 0 ? -1 : low;
    }

    private sealed class Chunk(long generation)
    {
        public CachedObject[] Items { get; private set; } = new CachedObject[8];

        public int Count { get; private set; }

        public long Generation { get; } = generation;

        public int Search(string @namespace, string name)
        {
            int low = 0, high = Count - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var order = Compare(Items[middle], @namespace, name);
                if (order == 0)
                {
                    return middle;
                }

                if (order < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return ~low;
        }

        public void Insert(int index, CachedObject item)
        {
            if (Count == Items.Length)
            {
                var larger = new CachedObject[Math.Min(LargestChunk, Items.Length * 2)];
                Items.CopyTo(larger, 0);
                Items = larger;
            }

            Array.Copy(Items, index, Items, index + 1, Count - index);
            Items[index] = item;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Array.Copy(Items, index + 1, Items, index, Count - index - 1);
            Items[--Count] = null!;
        }

        public Chunk Split(long generation)
        {
            var half = Count / 2;
            var upper = new Chunk(generation) { Items = new CachedObject[LargestChunk], Count = Count - half };
            Array.Copy(Items, half, upper.Items, 0, upper.Count);
            Array.Clear(Items, half, upper.Count);
            Count = half;
            return upper;
        }

        public Chunk Copy(long generation) => new(generation) { Items = [.. Items], Count = Count };
    }
}

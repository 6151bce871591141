using System.Collections;

namespace Naru.Objects.Values;

/// <summary>A list. May change; see <see cref="Value"/> for who may do so.</summary>
public sealed class ListValue : Value, IReadOnlyList<Value>
{
    private readonly List<Value> _items;

    /// <summary>An empty list.</summary>
    public ListValue() => _items = [];

    /// <summary>A list of these items, which it shares.</summary>
    public ListValue(IEnumerable<Value> items) => _items = [.. items];

    /// <summary>A list of these items, at its final size.</summary>
    internal static ListValue FromItems(ReadOnlySpan<Value> items)
    {
        var list = new ListValue();
        list._items.EnsureCapacity(items.Length);
        list._items.AddRange(items);
        return list;
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc cref="IReadOnlyList{T}.this"/>
    public Value this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    /// <summary>Appends an item.</summary>
    public void Add(Value item) => _items.Add(item);

    /// <summary>Puts an item before the one at the index.</summary>
    public void Insert(int index, Value item) => _items.Insert(index, item);

    /// <summary>Takes an item out.</summary>
    public void RemoveAt(int index) => _items.RemoveAt(index);

    /// <summary>Takes out what matches; says how many.</summary>
    public int RemoveAll(Predicate<Value> match) => _items.RemoveAll(match);

    /// <summary>Takes everything out.</summary>
    public void Clear() => _items.Clear();

    /// <summary>The items that are maps; others are passed over.</summary>
    public IEnumerable<MapValue> Maps() => _items.OfType<MapValue>();

    /// <summary>The items that are text; others are passed over.</summary>
    public IEnumerable<string> Texts() => _items.OfType<TextValue>().Select(static item => item.Text);

    /// <inheritdoc/>
    public override Value Clone()
    {
        var copy = new ListValue();
        copy._items.EnsureCapacity(_items.Count);
        foreach (var item in _items)
        {
            copy._items.Add(item.Clone());
        }

        return copy;
    }

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other)
    {
        if (other is not ListValue list || list.Count != Count)
        {
            return false;
        }

        for (var index = 0; index < _items.Count; index++)
        {
            if (!_items[index].DeepEquals(list._items[index]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the items.</summary>
    public List<Value>.Enumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<Value> IEnumerable<Value>.GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Naru.Objects.Values;

/// <summary>Fields by name, in the order in which they were set. May change; see <see cref="Value"/> for who may do so.</summary>
public sealed class MapValue : Value, IEnumerable<KeyValuePair<string, Value>>
{
    // Up to so many fields are found by looking along the array: objects are made of small maps, and a table for each costs more than it saves.
    private const int SmallSize = 16;

    private KeyValuePair<string, Value>[] _fields;
    private Dictionary<string, int>? _places;

    /// <summary>An empty map.</summary>
    public MapValue() => _fields = [];

    /// <summary>An empty map with room.</summary>
    public MapValue(int capacity) => _fields = capacity == 0 ? [] : new KeyValuePair<string, Value>[capacity];

    /// <summary>A map of these fields, at its final size. A name that stands twice counts with its last value.</summary>
    /// <param name="fields">The fields in order.</param>
    /// <param name="twice">Names that stand more than once; null if there are none.</param>
    internal static MapValue FromFields(ReadOnlySpan<KeyValuePair<string, Value>> fields, out List<string>? twice)
    {
        var map = new MapValue(fields.Length);
        twice = null;
        foreach (ref readonly var field in fields)
        {
            var place = map.PlaceOf(field.Key);
            if (place < 0)
            {
                map.Append(field.Key, field.Value);
                continue;
            }

            (twice ??= []).Add(field.Key);
            map._fields[place] = field;
        }

        return map;
    }

    /// <summary>Puts the fields into the order of their names.</summary>
    internal void Sort()
    {
        _fields.AsSpan(0, Count).Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        _places = null;
    }

    /// <summary>How many fields it has.</summary>
    public int Count { get; private set; }

    /// <summary>The names of the fields, in order. Changing the map while walking is not allowed.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            for (var index = 0; index < Count; index++)
            {
                yield return _fields[index].Key;
            }
        }
    }

    /// <summary>A field's value: null if there is no such field. Setting null takes the field out.</summary>
    public Value? this[string name]
    {
        get
        {
            var place = PlaceOf(name);
            return place < 0 ? null : _fields[place].Value;
        }
        set
        {
            if (value is null)
            {
                Remove(name);
                return;
            }

            var place = PlaceOf(name);
            if (place >= 0)
            {
                _fields[place] = new(name, value);
            }
            else
            {
                Append(name, value);
            }
        }
    }

    /// <summary>For collection initialisers: sets a field.</summary>
    public void Add(string name, Value value) => this[name] = value;

    /// <summary>Whether there is such a field, and its value.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Value? value)
    {
        value = this[name];
        return value is not null;
    }

    /// <summary>Whether there is such a field.</summary>
    public bool Has(string name) => PlaceOf(name) >= 0;

    /// <summary>Takes a field out; false if there was none. The order of the others stays.</summary>
    public bool Remove(string name)
    {
        var place = PlaceOf(name);
        if (place < 0)
        {
            return false;
        }

        Array.Copy(_fields, place + 1, _fields, place, Count - place - 1);
        _fields[--Count] = default;
        _places = null;
        return true;
    }

    /// <summary>Takes all fields out.</summary>
    public void Clear()
    {
        _fields = [];
        Count = 0;
        _places = null;
    }

    /// <inheritdoc/>
    public override Value Clone() => CloneMap();

    /// <summary><see cref="Clone"/>, typed.</summary>
    public MapValue CloneMap()
    {
        var copy = new MapValue(Count);
        for (var index = 0; index < Count; index++)
        {
            copy._fields[index] = new(_fields[index].Key, _fields[index].Value.Clone());
        }

        copy.Count = Count;
        return copy;
    }

    /// <summary>A map of its own with the same values, which both share from now on: what is changed below must be cloned first. With room for one more field.</summary>
    public MapValue CloneShallow()
    {
        var copy = new MapValue(Count + 1);
        _fields.AsSpan(0, Count).CopyTo(copy._fields);
        copy.Count = Count;
        return copy;
    }

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other)
    {
        if (other is not MapValue map || map.Count != Count)
        {
            return false;
        }

        for (var index = 0; index < Count; index++)
        {
            if (!_fields[index].Value.DeepEquals(map[_fields[index].Key]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Walks the fields in order. Changing the map while walking is not allowed.</summary>
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return _fields[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The fields in order, without a copy; valid until the map changes.</summary>
    public ReadOnlySpan<KeyValuePair<string, Value>> AsSpan() => _fields.AsSpan(0, Count);

    private void Append(string name, Value value)
    {
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Max(4, Count * 2));
        }

        _fields[Count] = new(name, value);
        _places?.Add(name, Count);
        Count++;
    }

    private int PlaceOf(string name)
    {
        if (Count <= SmallSize)
        {
            for (var index = 0; index < Count; index++)
            {
                if (_fields[index].Key == name)
                {
                    return index;
                }
            }

            return -1;
        }

        if (_places is null)
        {
            _places = new(Count * 2, StringComparer.Ordinal);
            for (var index = 0; index < Count; index++)
            {
                _places.Add(_fields[index].Key, index);
            }
        }

        return _places.TryGetValue(name, out var place) ? place : -1;
    }
}

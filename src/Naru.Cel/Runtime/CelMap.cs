using Naru.Cel.Types;
using Naru.Objects.Values;

namespace Naru.Cel.Runtime;

/// <summary>A map or object.</summary>
public abstract class CelMap
{
    /// <summary>How many entries.</summary>
    public abstract int Count { get; }

    /// <summary>All keys.</summary>
    public abstract IEnumerable<object> Keys { get; }

    /// <summary>The value behind a key (null if there is none); may be an error.</summary>
    public abstract object? Find(object key);

    /// <summary>The value of a field as an expression names it.</summary>
    public virtual object? Field(string name) => Find(name);

    /// <summary>Whether a field is set, as an expression names it.</summary>
    public virtual bool HasField(string name) => Field(name) is not null;

    /// <summary>The type's name, for <c>type()</c>.</summary>
    internal virtual CelType Type => CelType.AnyMap;
}

/// <summary>A map that an expression made. Numbers of the same value are one key.</summary>
public sealed class MadeMap : CelMap
{
    private readonly Dictionary<object, (object Key, object Value)> _entries = [];

    /// <inheritdoc/>
    public override int Count => _entries.Count;

    /// <inheritdoc/>
    public override IEnumerable<object> Keys => _entries.Values.Select(static entry => entry.Key);

    /// <summary>Adds an entry; false if the key is there or cannot be one.</summary>
    public bool Add(object key, object value) => Normal(key) is { } normal && key is not double && _entries.TryAdd(normal, (key, value));

    /// <inheritdoc/>
    public override object? Find(object key) => Normal(key) is { } normal && _entries.TryGetValue(normal, out var entry) ? entry.Value : null;

    private static object? Normal(object key) => key switch
    {
        long or string or bool => key,
        ulong number => number <= long.MaxValue ? (long)number : key,
        double number when Math.Floor(number).Equals(number) && Math.Abs(number) < 9e18 => (long)number,
        _ => null,
    };
}

/// <summary>A map or object of an object's tree.</summary>
internal sealed class TreeMap(MapValue map, CelType type) : CelMap
{
    public override int Count => map.Count;

    public MapValue Tree => map;

    public override IEnumerable<object> Keys => map.Names;

    internal override CelType Type => type;

    public override object? Find(object key) => key is string name && map[name] is { } value ? TreeValues.Read(value, TypeOf(name)) : null;

    public override object? Field(string name) => Find(type.Fields?.TreeName(name) ?? name);

    public override bool HasField(string name) => map.Has(type.Fields?.TreeName(name) ?? name);

    private CelType TypeOf(string name) => type.Kind switch
    {
        CelKind.Map => type.Element,
        CelKind.Object => type.Fields!.Field(name) ?? CelType.Dyn,
        _ => CelType.Dyn,
    };
}

/// <summary>An object with fields that an expression made by the name of a type.</summary>
internal sealed class MadeObject(string typeName, Dictionary<string, object> fields) : CelMap
{
    public string TypeName => typeName;

    public override int Count => fields.Count;

    public override IEnumerable<object> Keys => fields.Keys;

    internal override CelType Type { get; } = CelType.Opaque(typeName);

    public override object? Find(object key) => key is string name ? fields.GetValueOrDefault(name) : null;
}

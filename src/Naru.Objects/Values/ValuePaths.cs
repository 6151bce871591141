namespace Naru.Objects.Values;

/// <summary>Reading and making branches without a chain of casts. A field of another kind than asked for counts as missing.</summary>
public static class ValuePaths
{
    /// <summary>The value at a path of field names; null if any of them is missing.</summary>
    public static Value? At(this MapValue map, params ReadOnlySpan<string> path)
    {
        Value? value = map;
        foreach (var name in path)
        {
            value = (value as MapValue)?[name];
        }

        return value;
    }

    /// <summary>The map at a path; null if missing.</summary>
    public static MapValue? Map(this MapValue map, params ReadOnlySpan<string> path) => map.At(path) as MapValue;

    /// <summary>The list at a path; null if missing.</summary>
    public static ListValue? List(this MapValue map, params ReadOnlySpan<string> path) => map.At(path) as ListValue;

    /// <summary>The maps in the list at a path; empty if missing.</summary>
    public static IEnumerable<MapValue> Maps(this MapValue map, params ReadOnlySpan<string> path) => (map.At(path) as ListValue)?.Maps() ?? [];

    /// <summary>The text at a path; null if missing.</summary>
    public static string? Text(this MapValue map, params ReadOnlySpan<string> path) => (map.At(path) as TextValue)?.Text;

    /// <summary>The whole number at a path; null if missing.</summary>
    public static long? Integer(this MapValue map, params ReadOnlySpan<string> path) => (map.At(path) as IntegerValue)?.Number;

    /// <summary>The truth value at a path; null if missing.</summary>
    public static bool? Boolean(this MapValue map, params ReadOnlySpan<string> path) => (map.At(path) as BooleanValue)?.Truth;

    /// <summary>The map in a field, made if it is not there.</summary>
    public static MapValue MakeMap(this MapValue map, string name)
    {
        if (map[name] is MapValue there)
        {
            return there;
        }

        var made = new MapValue();
        map[name] = made;
        return made;
    }

    /// <summary>The list in a field, made if it is not there.</summary>
    public static ListValue MakeList(this MapValue map, string name)
    {
        if (map[name] is ListValue there)
        {
            return there;
        }

        var made = new ListValue();
        map[name] = made;
        return made;
    }

    /// <summary>Sets a field if it is not there: a default.</summary>
    public static void Default(this MapValue map, string name, Value value)
    {
        if (!map.Has(name))
        {
            map[name] = value;
        }
    }
}

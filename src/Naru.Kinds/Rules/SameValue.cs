using Naru.Objects.Values;

namespace Naru.Kinds.Rules;

/// <summary>Equality in meaning: an empty list, map or text is as good as none.</summary>
internal static class SameValue
{
    /// <summary>Whether two branches mean the same.</summary>
    public static bool Of(Value? left, Value? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        switch (left, right)
        {
            case (MapValue one, MapValue other):
                return Maps(one, other);
            case (ListValue one, ListValue other):
                return Lists(one, other);
            case (null, not null):
                return IsEmpty(right);
            case (not null, null):
                return IsEmpty(left);
            default:
                return left!.DeepEquals(right);
        }
    }

    /// <summary>Whether a value says nothing.</summary>
    public static bool IsEmpty(Value? value) => value switch
    {
        null or NullValue => true,
        MapValue map => map.Count == 0,
        ListValue list => list.Count == 0,
        TextValue text => text.Text.Length == 0,
        _ => false,
    };

    private static bool Maps(MapValue one, MapValue other)
    {
        foreach (var (name, value) in one.AsSpan())
        {
            if (!Of(value, other[name]))
            {
                return false;
            }
        }

        foreach (var (name, value) in other.AsSpan())
        {
            if (!one.Has(name) && !IsEmpty(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Lists(ListValue one, ListValue other)
    {
        if (one.Count != other.Count)
        {
            return false;
        }

        for (var index = 0; index < one.Count; index++)
        {
            if (!Of(one[index], other[index]))
            {
                return false;
            }
        }

        return true;
    }
}

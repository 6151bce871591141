using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Sets of fields in the form in which managed fields are stored: a map by steps. A node without parts is in the set itself; one with parts is if it has
/// a <c>.</c> among them. Operations leave their inputs as they were and may share branches with them.</summary>
internal static class FieldSets
{
    /// <summary>A node that is in the set and has no parts. Shared by all sets: nobody may put anything into it.</summary>
    public static readonly MapValue Leaf = new();

    /// <summary>Whether the node itself is in the set.</summary>
    public static bool Holds(MapValue node) => node.Count == 0 || node.Has(FieldKeys.Self);

    /// <summary>A part of a node; null if there is none.</summary>
    public static MapValue? Part(this MapValue? node, string step) => node?[step] as MapValue;

    /// <summary>Fields of either.</summary>
    public static MapValue Union(MapValue left, MapValue right) => left.Count == 0 ? right : right.Count == 0 ? left : UnionParts(left, right);

    /// <summary>Fields of the left that the right has not.</summary>
    public static MapValue Minus(MapValue left, MapValue right)
    {
        if (right.Count == 0)
        {
            return left;
        }

        var result = new MapValue(left.Count);
        foreach (ref readonly var part in left.AsSpan())
        {
            if (part.Key == FieldKeys.Self || part.Value is not MapValue node)
            {
                continue;
            }

            if (right.Part(part.Key) is not { } other)
            {
                result[part.Key] = node;
                continue;
            }

            Put(result, part.Key, Minus(node, other), Holds(node) && !Holds(other));
        }

        return result;
    }

    /// <summary>Fields of both.</summary>
    public static MapValue Both(MapValue left, MapValue right)
    {
        var result = new MapValue();
        foreach (ref readonly var part in left.AsSpan())
        {
            if (part.Key != FieldKeys.Self && part.Value is MapValue node && right.Part(part.Key) is { } other)
            {
                Put(result, part.Key, Both(node, other), Holds(node) && Holds(other));
            }
        }

        return result;
    }

    /// <summary>The paths in the set, each as messages show it.</summary>
    public static IEnumerable<string> Paths(MapValue set, string path = "")
    {
        foreach (var (step, value) in set)
        {
            if (step == FieldKeys.Self || value is not MapValue node)
            {
                continue;
            }

            var here = path + FieldKeys.Show(step);
            if (Holds(node))
            {
                yield return here;
            }

            foreach (var deeper in Paths(node, here))
            {
                yield return deeper;
            }
        }
    }

    /// <summary>Takes a field and all under it out of a set that nobody shares yet.</summary>
    public static void Cut(MapValue set, ReadOnlySpan<string> names)
    {
        var step = FieldKeys.Field(names[0]);
        if (names.Length == 1)
        {
            set.Remove(step);
        }
        else if (set.Part(step) is { Count: > 0 } node)
        {
            Cut(node, names[1..]);
            if (node.Count == 0)
            {
                set.Remove(step);
            }
        }
    }

    private static MapValue UnionParts(MapValue left, MapValue right)
    {
        var result = new MapValue(left.Count + right.Count);
        foreach (ref readonly var part in left.AsSpan())
        {
            if (part.Key == FieldKeys.Self || part.Value is not MapValue node)
            {
                continue;
            }

            if (right.Part(part.Key) is not { } other)
            {
                result[part.Key] = node;
                continue;
            }

            Put(result, part.Key, Union(Below(node), Below(other)), Holds(node) || Holds(other));
        }

        foreach (ref readonly var part in right.AsSpan())
        {
            if (part.Key != FieldKeys.Self && !left.Has(part.Key))
            {
                result[part.Key] = part.Value;
            }
        }

        return result;
    }

    /// <summary>The parts of a node without itself.</summary>
    public static MapValue Below(MapValue node)
    {
        if (!node.Has(FieldKeys.Self))
        {
            return node;
        }

        var parts = new MapValue(node.Count);
        foreach (ref readonly var part in node.AsSpan())
        {
            if (part.Key != FieldKeys.Self)
            {
                parts[part.Key] = part.Value;
            }
        }

        return parts;
    }

    private static void Put(MapValue result, string step, MapValue parts, bool holds)
    {
        var node = Below(parts);
        if (node.Count == 0)
        {
            result[step] = holds ? Leaf : null;
            return;
        }

        if (holds)
        {
            var whole = new MapValue(node.Count + 1) { [FieldKeys.Self] = Leaf };
            foreach (ref readonly var part in node.AsSpan())
            {
                whole[part.Key] = part.Value;
            }

            node = whole;
        }

        result[step] = node;
    }
}

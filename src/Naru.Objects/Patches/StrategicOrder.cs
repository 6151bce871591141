using Naru.Core.Errors;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary><c>$setElementOrder/…</c>: the order that the patch's author wants for the entries that it knows. Entries that only the server has keep their place
/// relative to those that stood before.</summary>
internal static class StrategicOrder
{
    /// <summary>Puts the lists of a merged map into the orders that the patch asks for.</summary>
    public static void Apply(MapValue result, MapValue target, MapValue patch, ISchema? schema)
    {
        foreach (ref readonly var field in patch.AsSpan())
        {
            if (!field.Key.StartsWith(StrategicMergePatch.OrderPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var name = field.Key[StrategicMergePatch.OrderPrefix.Length..];
            if (field.Value is not ListValue order)
            {
                throw NaruException.Invalid($"invalid patch format of setElementOrder list: {field.Key} must be a list");
            }

            if (result[name] is ListValue list)
            {
                var key = StrategicMergePatch.FieldOf(schema, name)?.PatchMergeKey;
                var wanted = Places(order, key);
                Check(patch[name] as ListValue, wanted, key);
                result[name] = Sorted(list, wanted, Places(target[name] as ListValue ?? [], key), key);
            }
        }
    }

    private static void Check(ListValue? changes, Dictionary<ScalarKey, int> wanted, string? key)
    {
        var last = -1;
        foreach (var item in changes ?? [])
        {
            if (item is MapValue map && map.Has(StrategicMergePatch.Directive))
            {
                continue;
            }

            if (!wanted.TryGetValue(Key(item, key), out var place))
            {
                throw NaruException.Invalid("The order in patch list:\nan entry is not in the $setElementOrder list");
            }

            if (place < last)
            {
                throw NaruException.Invalid("The order in patch list doesn't match $setElementOrder list");
            }

            last = place;
        }
    }

    private static ListValue Sorted(ListValue list, Dictionary<ScalarKey, int> wanted, Dictionary<ScalarKey, int> stood, string? key)
    {
        var known = list.Where(item => wanted.ContainsKey(Key(item, key))).OrderBy(item => wanted[Key(item, key)]).ToArray();
        var others = list.Where(item => !wanted.ContainsKey(Key(item, key))).ToArray();
        var result = new ListValue();
        var (left, right) = (0, 0);
        while (left < known.Length && right < others.Length)
        {
            var first = stood.TryGetValue(Key(known[left], key), out var here) && stood.TryGetValue(Key(others[right], key), out var there) && here < there;
            result.Add(first ? known[left++] : others[right++]);
        }

        foreach (var item in known.Skip(left).Concat(others.Skip(right)))
        {
            result.Add(item);
        }

        return result;
    }

    private static Dictionary<ScalarKey, int> Places(ListValue list, string? key)
    {
        var places = new Dictionary<ScalarKey, int>(list.Count);
        for (var index = 0; index < list.Count; index++)
        {
            places.TryAdd(Key(list[index], key), index);
        }

        return places;
    }

    private static ScalarKey Key(Value item, string? key) => key is not null
        ? StrategicLists.KeyOf(item, key)
        : ScalarKey.Of(item) ?? throw NaruException.Invalid("invalid patch format of setElementOrder list: entries must be scalars");
}

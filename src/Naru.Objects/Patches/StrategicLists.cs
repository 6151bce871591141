using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>How a strategic merge patch changes lists: those of maps by their merge key, those of scalars as sets.</summary>
internal static class StrategicLists
{
    /// <summary>The merged list: what stood, changed, then what is new.</summary>
    public static ListValue Merge(ListValue target, ListValue patch, ISchema schema)
    {
        if (patch.Count == 0)
        {
            return target;
        }

        return schema.PatchMergeKey is { } key ? MergeMaps(target, patch, schema, key) : MergeScalars(target, patch);
    }

    /// <summary>Takes scalars out of a list, wherever they stand in it.</summary>
    public static void DeletePrimitives(MapValue map, string field, Value values)
    {
        if (values is not ListValue list)
        {
            throw NaruException.Invalid($"invalid patch format of primitive list: {StrategicMergePatch.DeletePrefix}{field} must be a list");
        }

        if (map[field] is ListValue there)
        {
            var gone = list.Select(static value => ScalarKey.Of(value)).ToHashSet();
            there.RemoveAll(item => ScalarKey.Of(item) is { } key && gone.Contains(key));
        }
    }

    /// <summary>The merge key's value in an entry of a list.</summary>
    public static ScalarKey KeyOf(Value item, string key)
    {
        if (item is not MapValue map)
        {
            throw NaruException.Invalid($"invalid patch: an entry of a list that is merged by \"{key}\" must be an object, not {Show(item)}");
        }

        return ScalarKey.Of(map[key]) ?? throw NaruException.Invalid($"map: {Show(map)} does not contain declared merge key: {key}");
    }

    private static ListValue MergeScalars(ListValue target, ListValue patch)
    {
        if (patch.Concat(target).Any(static item => ScalarKey.Of(item) is null))
        {
            // No key to tell entries apart: the list is replaced.
            return (ListValue)StrategicMergePatch.Plain(patch);
        }

        var seen = new HashSet<ScalarKey>();
        return [.. target.Concat(patch).Where(item => seen.Add(ScalarKey.Of(item)!.Value))];
    }

    private static ListValue MergeMaps(ListValue target, ListValue patch, ISchema schema, string key)
    {
        var changes = new List<MapValue>(patch.Count);
        var gone = new HashSet<ScalarKey>();
        var replaces = false;
        foreach (var item in patch)
        {
            var directive = (item as MapValue)?[StrategicMergePatch.Directive];
            switch ((directive as TextValue)?.Text)
            {
                case null when directive is null && item is MapValue change:
                    changes.Add(change);
                    break;
                case "delete":
                    gone.Add(KeyOf(item, key));
                    break;
                case "replace":
                    replaces = true;
                    break;
                case "merge":
                    changes.Add((MapValue)item);
                    break;
                default:
                    throw directive is null ? NotMap(item, key) : NaruException.Invalid($"unknown patch type found: {directive}");
            }
        }

        return replaces ? [.. changes.Select(StrategicMergePatch.Plain)] : MergeMaps([.. target.Where(item => !gone.Contains(KeyOf(item, key)))], changes, schema, key);
    }

    private static ListValue MergeMaps(ListValue result, List<MapValue> changes, ISchema schema, string key)
    {
        var places = new Dictionary<ScalarKey, int>(result.Count + changes.Count);
        for (var index = 0; index < result.Count; index++)
        {
            places.TryAdd(KeyOf(result[index], key), index);
        }

        foreach (var change in changes)
        {
            var name = KeyOf(change, key);
            if (places.TryGetValue(name, out var place))
            {
                result[place] = StrategicMergePatch.Merge((MapValue)result[place], change, schema.Element);
                continue;
            }

            places[name] = result.Count;
            result.Add(StrategicMergePatch.Plain(change));
        }

        return result;
    }

    private static NaruException NotMap(Value item, string key) =>
        NaruException.Invalid($"invalid patch: an entry of a list that is merged by \"{key}\" must be an object, not {Show(item)}");

    private static string Show(Value value)
    {
        var text = JsonText.ToText(value);
        return text.Length <= 200 ? text : $"{text.AsSpan(0, 200)}…";
    }
}

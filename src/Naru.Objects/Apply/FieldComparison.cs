using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>What differs between two versions of an object.</summary>
/// <param name="Changed">Fields that are new or have another value.</param>
/// <param name="Removed">Fields that are gone.</param>
internal readonly record struct FieldComparison(MapValue Changed, MapValue Removed)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsSame => Changed.Count == 0 && Removed.Count == 0;

    /// <summary>Compares two trees of one type.</summary>
    public static FieldComparison Of(MapValue old, MapValue now, ISchema? schema)
    {
        var comparison = new FieldComparison(new MapValue(), new MapValue());
        Maps(old, now, schema, comparison);
        return comparison;
    }

    private static void Maps(MapValue old, MapValue now, ISchema? schema, FieldComparison into)
    {
        foreach (ref readonly var field in now.AsSpan())
        {
            Values(FieldKeys.Field(field.Key), old[field.Key], field.Value, FieldKeys.Of(schema, field.Key), into);
        }

        foreach (ref readonly var field in old.AsSpan())
        {
            if (!now.Has(field.Key))
            {
                into.Removed[FieldKeys.Field(field.Key)] = FieldCollector.All(field.Value, FieldKeys.Of(schema, field.Key));
            }
        }
    }

    private static void Lists(ListValue old, ListValue now, ISchema schema, FieldComparison into)
    {
        var (before, after) = (Group(old, schema), Group(now, schema));
        foreach (var (step, item) in after)
        {
            Values(step, before.GetValueOrDefault(step), item, schema.Element, into);
        }

        foreach (var (step, item) in before)
        {
            if (!after.ContainsKey(step))
            {
                into.Removed[step] = FieldCollector.All(item, schema.Element);
            }
        }
    }

    // Entries by their key. Those that share one count as one value together.
    private static Dictionary<string, Value> Group(ListValue list, ISchema schema)
    {
        var groups = new Dictionary<string, Value>(list.Count);
        foreach (var item in list)
        {
            var step = FieldKeys.Item(item, schema);
            if (!groups.TryAdd(step, item))
            {
                groups[step] = groups[step] is ListValue several ? [.. several, item] : new ListValue([groups[step], item]);
            }
        }

        return groups;
    }

    private static void Values(string step, Value? old, Value now, ISchema? schema, FieldComparison into)
    {
        if (old is null)
        {
            into.Changed[step] = FieldCollector.All(now, schema);
            return;
        }

        if (ReferenceEquals(old, now))
        {
            return;
        }

        var inner = new FieldComparison(new MapValue(), new MapValue());
        switch (old, now)
        {
            case (MapValue before, MapValue after) when schema?.IsAtomic != true && before.Count + after.Count > 0:
                Maps(before, after, schema, inner);
                break;
            case (ListValue before, ListValue after) when FieldKeys.IsGranular(schema) && before.Count + after.Count > 0:
                Lists(before, after, schema!, inner);
                break;
            default:
                if (!old.DeepEquals(now))
                {
                    // Of another shape: what stood below is gone, and what stands below now is new.
                    var below = FieldCollector.All(old, schema);
                    below = FieldSets.Below(below);
                    into.Changed[step] = FieldCollector.All(now, schema);
                    into.Removed[step] = below.Count > 0 ? below : null;
                }

                return;
        }

        into.Changed[step] = inner.Changed.Count > 0 ? inner.Changed : null;
        into.Removed[step] = inner.Removed.Count > 0 ? inner.Removed : null;
    }
}

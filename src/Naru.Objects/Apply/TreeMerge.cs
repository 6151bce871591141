using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Lays a configuration over what stands: maps field by field, lists by their keys, everything else as a whole.</summary>
internal static class TreeMerge
{
    /// <summary>The merged tree; shares nothing that can change with its inputs.</summary>
    public static MapValue Maps(MapValue live, MapValue config, ISchema? schema)
    {
        var result = live.CloneMap();
        foreach (ref readonly var field in config.AsSpan())
        {
            var type = FieldKeys.Of(schema, field.Key);
            var drops = field.Value is NullValue && type is { IsNullable: false, Kind: not SchemaKind.Any };
            result[field.Key] = drops ? null : Values(live[field.Key], field.Value, type);
        }

        return result;
    }

    private static Value Values(Value? live, Value config, ISchema? schema) => (live, config) switch
    {
        (MapValue standing, MapValue map) when schema?.IsAtomic != true => Maps(standing, map, schema),
        (ListValue standing, ListValue list) when FieldKeys.IsGranular(schema) => Lists(standing, list, schema!),
        _ => config.Clone(),
    };

    // In the order of the configuration; what only stands keeps its place among those around it.
    private static ListValue Lists(ListValue live, ListValue config, ISchema schema)
    {
        var standing = new Dictionary<string, Value>(live.Count);
        var order = new List<string>(live.Count);
        foreach (var item in live)
        {
            var step = FieldKeys.Item(item, schema);
            order.Add(step);
            standing.TryAdd(step, item);
        }

        var wished = config.Select(item => FieldKeys.Item(item, schema)).ToList();
        var named = wished.ToHashSet(StringComparer.Ordinal);
        var result = new ListValue();
        var next = 0;
        for (var place = 0; place < wished.Count; place++)
        {
            while (next < live.Count && !named.Contains(order[next]))
            {
                result.Add(live[next++].Clone());
            }

            result.Add(Values(standing.GetValueOrDefault(wished[place]), config[place], schema.Element));
            next += next < live.Count && named.Contains(order[next]) ? 1 : 0;
        }

        for (; next < live.Count; next++)
        {
            if (!named.Contains(order[next]))
            {
                result.Add(live[next].Clone());
            }
        }

        return result;
    }
}

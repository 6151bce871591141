using Naru.Core.Errors;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>The set of fields that a tree has.</summary>
internal static class FieldCollector
{
    /// <summary>The fields that a configuration speaks of: leaves, entries of lists, and free keys.</summary>
    /// <exception cref="NaruException">InvalidArgument: an entry of a list has no key, or the key of another.</exception>
    public static MapValue Configured(MapValue config, ISchema? schema) => ConfiguredMap(config, schema, "");

    /// <summary>The fields that a new object brings: all of them, and the maps and lists themselves where an empty object has none.</summary>
    public static MapValue Created(MapValue body, ISchema? schema) => CreatedMap(body, schema, depth: 0, itself: false);

    /// <summary>Everything in a tree that came or went: every field, map, list and entry.</summary>
    public static MapValue All(Value value, ISchema? schema)
    {
        switch (value)
        {
            case MapValue { Count: > 0 } map when schema?.IsAtomic != true:
                var node = new MapValue(map.Count + 1) { [FieldKeys.Self] = FieldSets.Leaf };
                foreach (ref readonly var field in map.AsSpan())
                {
                    node[FieldKeys.Field(field.Key)] = All(field.Value, FieldKeys.Of(schema, field.Key));
                }

                return node;
            case ListValue { Count: > 0 } list when FieldKeys.IsGranular(schema):
                return Items(list, schema!, static (item, element) => All(item, element), itself: true);
            default:
                return FieldSets.Leaf;
        }
    }

    private static MapValue CreatedMap(MapValue map, ISchema? schema, int depth, bool itself)
    {
        var node = new MapValue(map.Count + (itself ? 1 : 0));
        if (itself)
        {
            node[FieldKeys.Self] = FieldSets.Leaf;
        }

        foreach (ref readonly var field in map.AsSpan())
        {
            var named = schema?.Field(field.Key);
            var step = named is null ? FieldKeys.Field(field.Key) : FieldKeys.Named(field.Key);
            node[step] = CreatedField(field.Key, field.Value, named ?? FieldKeys.Of(schema, field.Key), schema, depth);
        }

        return node;
    }

    private static MapValue CreatedField(string name, Value value, ISchema? type, ISchema? parent, int depth)
    {
        switch (value)
        {
            case MapValue { Count: > 0 } map when type?.IsAtomic != true:
                return CreatedMap(map, type, depth + 1, !Stands(name, parent, depth));
            case ListValue { Count: > 0 } list when FieldKeys.IsGranular(type):
                return Items(list, type!, (item, element) => item is MapValue { Count: > 0 } map && element?.IsAtomic != true ? CreatedMap(map, element, depth + 2, itself: true) : FieldSets.Leaf, !Stands(name, parent, depth));
            default:
                return FieldSets.Leaf;
        }
    }

    // Maps and lists that Kubernetes' types write even when they are empty: a new object does not bring them, so nobody owns them.
    private static bool Stands(string name, ISchema? parent, int depth) => depth == 0
        || name is "template" or "strategy" or "updateStrategy" or "jobTemplate" or "spec" or "metadata" or "resources"
        || (parent is not null && parent.Required.Contains(name));

    private static MapValue Items(ListValue list, ISchema schema, Func<Value, ISchema?, MapValue> collect, bool itself)
    {
        var node = new MapValue(list.Count + 1);
        if (itself)
        {
            node[FieldKeys.Self] = FieldSets.Leaf;
        }

        foreach (var item in list)
        {
            node[FieldKeys.Item(item, schema)] = collect(item, schema.Element);
        }

        return node;
    }

    private static MapValue ConfiguredMap(MapValue map, ISchema? schema, string path)
    {
        var node = new MapValue(map.Count);
        foreach (ref readonly var field in map.AsSpan())
        {
            var type = FieldKeys.Of(schema, field.Key);
            var free = schema?.Field(field.Key) is null;
            switch (field.Value)
            {
                case MapValue { Count: > 0 } inner when type?.IsAtomic != true:
                    Put(node, FieldKeys.Field(field.Key), ConfiguredMap(inner, type, $"{path}.{field.Key}"), itself: free);
                    break;
                case ListValue list when FieldKeys.IsGranular(type):
                    var parts = ConfiguredList(list, type!, $"{path}.{field.Key}");
                    if (parts.Count > 0 || free)
                    {
                        Put(node, FieldKeys.Field(field.Key), parts, itself: free);
                    }

                    break;
                default:
                    node[FieldKeys.Field(field.Key)] = FieldSets.Leaf;
                    break;
            }
        }

        return node;
    }

    private static MapValue ConfiguredList(ListValue list, ISchema schema, string path)
    {
        var node = new MapValue(list.Count);
        for (var index = 0; index < list.Count; index++)
        {
            var item = list[index];
            if (schema.ListType == ListSemantics.Map && (item is not MapValue map || FieldKeys.Key(map, schema).Count == 0))
            {
                throw NaruException.Invalid($"{path}: element {index}: associative list with keys has an element that omits key field \"{string.Join(",", schema.ListKeys)}\" (and doesn't have default value)");
            }

            var step = FieldKeys.Item(item, schema);
            if (node.Has(step))
            {
                throw NaruException.Invalid($"{path}: duplicate entries for key {FieldKeys.Show(step)}");
            }

            var parts = item is MapValue inner && schema.Element?.IsAtomic != true ? ConfiguredMap(inner, schema.Element, path + FieldKeys.Show(step)) : [];
            Put(node, step, parts, itself: true);
        }

        return node;
    }

    private static void Put(MapValue node, string step, MapValue parts, bool itself)
    {
        if (itself && parts.Count > 0)
        {
            parts[FieldKeys.Self] = FieldSets.Leaf;
        }

        if (itself || parts.Count > 0)
        {
            node[step] = parts;
        }
    }
}

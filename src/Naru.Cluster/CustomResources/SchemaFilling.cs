using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Takes out of a custom object what its schema does not know, and fills in its defaults.</summary>
internal static class SchemaFilling
{
    /// <summary>Takes out unknown fields and notes their paths.</summary>
    public static void Prune(CustomSchema schema, Value value, string path, bool isObject, List<string> unknown)
    {
        switch (value)
        {
            case MapValue map:
                PruneMap(schema, map, path, isObject || schema.IsEmbedded, unknown);
                break;
            case ListValue list when schema.Items is { } items:
                for (var index = 0; index < list.Count; index++)
                {
                    Prune(items, list[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), false, unknown);
                }

                break;
        }
    }

    /// <summary>Sets what is missing. Null where null is not allowed and there is a default counts as missing.</summary>
    public static void SetDefaults(CustomSchema schema, Value value)
    {
        switch (value)
        {
            case MapValue map:
                foreach (var (name, field) in schema.Fields)
                {
                    if (field.Default is { } standard && (map[name] is null || (map[name] is NullValue && !field.IsNullable)))
                    {
                        map[name] = standard.Clone();
                    }

                    if (map[name] is { } there)
                    {
                        SetDefaults(field, there);
                    }
                }

                foreach (var (_, entry) in schema.Additional is null ? [] : map.Where(pair => !schema.Fields.ContainsKey(pair.Key)).ToList())
                {
                    SetDefaults(schema.Additional!, entry);
                }

                break;
            case ListValue list when schema.Items is { } items:
                foreach (var item in list)
                {
                    SetDefaults(items, item);
                }

                break;
        }
    }

    private static void PruneMap(CustomSchema schema, MapValue map, string path, bool isObject, List<string> unknown)
    {
        foreach (var (name, value) in map.ToList())
        {
            if (isObject && name is ("apiVersion" or "kind" or "metadata"))
            {
                continue;
            }

            var place = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Fields.TryGetValue(name, out var field))
            {
                Prune(field, value, place, false, unknown);
            }
            else if (schema.Additional is { } additional)
            {
                Prune(additional, value, place, false, unknown);
            }
            else if (!schema.PreservesUnknown)
            {
                map.Remove(name);
                unknown.Add(place);
            }
        }
    }
}

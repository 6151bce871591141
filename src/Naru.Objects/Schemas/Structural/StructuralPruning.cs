using System.Globalization;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Takes out what a schema does not know.</summary>
internal static class StructuralPruning
{
    /// <summary>Prunes a value in place.</summary>
    public static void Prune(Value value, StructuralSchema schema, string path, List<string> unknown)
    {
        switch (value)
        {
            case MapValue map:
                PruneMap(map, schema, path, unknown);
                break;
            case ListValue list when schema.Inner is { } element && schema.Kind == SchemaKind.List:
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is MapValue or ListValue)
                    {
                        Prune(list[index], element, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), unknown);
                    }
                }

                break;
        }
    }

    private static void PruneMap(MapValue map, StructuralSchema schema, string path, List<string> unknown)
    {
        HashSet<string>? gone = null;
        foreach (ref readonly var field in map.AsSpan())
        {
            if (schema.IsEmbedded && field.Key is "apiVersion" or "kind" or "metadata")
            {
                if (field is { Key: "metadata", Value: MapValue metadata } && EmbeddedFields.Of("metadata") is { } known)
                {
                    // Types are judged when the object is validated.
                    SchemaCleaner.Clean(metadata, known, unknown, new FieldErrors(), Join(path, field.Key));
                }

                continue;
            }

            var type = schema.FieldSchema(field.Key) ?? (schema.Kind == SchemaKind.Map ? schema.Inner : null);
            if (type is not null)
            {
                if (field.Value is MapValue or ListValue)
                {
                    Prune(field.Value, type, Join(path, field.Key), unknown);
                }
            }
            else if (!schema.PreservesUnknown && !schema.AnyElement)
            {
                unknown.Add(Join(path, field.Key));
                (gone ??= new HashSet<string>(StringComparer.Ordinal)).Add(field.Key);
            }
        }

        if (gone is not null)
        {
            var kept = map.Where(field => !gone.Contains(field.Key)).ToArray();
            map.Clear();
            foreach (var (name, value) in kept)
            {
                map[name] = value;
            }
        }
    }

    /// <summary>Path of a field of a map.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : string.Concat(path, ".", name);
}

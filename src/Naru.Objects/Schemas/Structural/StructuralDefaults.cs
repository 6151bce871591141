using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Fills in a schema's defaults.</summary>
internal static class StructuralDefaults
{
    /// <summary>Sets defaults in place.</summary>
    public static void Set(Value value, StructuralSchema schema)
    {
        switch (value)
        {
            case MapValue map:
                SetFields(map, schema);
                break;
            case ListValue list when schema is { Kind: SchemaKind.List, Inner: { } element }:
                foreach (var item in list)
                {
                    Set(item, element);
                }

                break;
        }
    }

    private static void SetFields(MapValue map, StructuralSchema schema)
    {
        DropNulls(map, schema);
        if (!schema.HasDefaults)
        {
            return;
        }

        foreach (var (name, type) in schema.Fields)
        {
            if (type.Default is { } value && !map.Has(name))
            {
                map[name] = value.Clone();
            }
        }

        foreach (ref readonly var field in map.AsSpan())
        {
            if ((schema.FieldSchema(field.Key) ?? ElementOf(schema)) is { } type)
            {
                Set(field.Value, type);
            }
        }
    }

    // Also below places without defaults: nulls that are not allowed count as missing.
    private static void DropNulls(MapValue map, StructuralSchema schema)
    {
        List<string>? gone = null;
        foreach (ref readonly var field in map.AsSpan())
        {
            var type = schema.FieldSchema(field.Key) ?? ElementOf(schema);
            if (field.Value is NullValue && type is { IsNullable: false } && type.Kind != SchemaKind.Any)
            {
                (gone ??= []).Add(field.Key);
            }
            else if (!schema.HasDefaults && type is not null)
            {
                Set(field.Value, type);
            }
        }

        if (gone is { Count: > 0 })
        {
            var names = gone.ToHashSet(StringComparer.Ordinal);
            var kept = map.Where(field => !names.Contains(field.Key)).ToArray();
            map.Clear();
            foreach (var (name, value) in kept)
            {
                map[name] = value;
            }
        }
    }

    private static StructuralSchema? ElementOf(StructuralSchema schema) => schema.Kind == SchemaKind.Map ? schema.Inner : null;
}

using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>The rules that make a schema structural.</summary>
internal static class StructuralRules
{
    private static readonly string[] Never = ["$ref", "definitions", "dependencies", "id", "patternProperties", "additionalItems"];

    private static readonly string[] NotInLogic =
    [
        "description", "default", "additionalProperties", "nullable", "title", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
        "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    ];

    /// <summary>Rules for one place, without what is below.</summary>
    public static void Check(StructuralSchema schema, MapValue source, string path, string untyped, FieldErrors errors)
    {
        var type = source.Text("type") ?? "";
        var intOrString = source.Boolean("x-kubernetes-int-or-string") == true;
        if (intOrString && type.Length > 0)
        {
            errors.Invalid($"{path}.type", type, "must be empty if x-kubernetes-int-or-string is true");
        }
        else if (type.Length == 0 && !intOrString && !schema.PreservesUnknown)
        {
            errors.Required($"{path}.type", untyped);
        }

        if (schema.IsEmbedded && type != "object")
        {
            errors.Invalid($"{path}.type", type, "must be object if x-kubernetes-embedded-resource is true");
        }

        if (schema.IsEmbedded && !source.Has("properties") && !schema.PreservesUnknown)
        {
            errors.Required($"{path}.properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        }

        if (source.Has("properties") && source.Has("additionalProperties"))
        {
            errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        }

        if (type == "array" && source["items"] is not (MapValue or ListValue))
        {
            errors.Required($"{path}.items", "must be specified");
        }

        CheckFixed(source, path, errors);
    }

    /// <summary>Rules for lists, after what they hold is known.</summary>
    public static void CheckLists(StructuralSchema schema, MapValue source, string path, FieldErrors errors)
    {
        var type = source.Text("x-kubernetes-list-type");
        if (type is not (null or "atomic" or "set" or "map"))
        {
            errors.NotSupported($"{path}.x-kubernetes-list-type", type, "atomic", "set", "map");
        }
        else if (type is not null && schema.Kind != SchemaKind.List)
        {
            errors.Invalid($"{path}.type", source.Text("type") ?? "", "must be array if x-kubernetes-list-type is specified");
        }

        if (schema.ListKeys.Count > 0 && type != "map")
        {
            errors.Invalid($"{path}.x-kubernetes-list-type", type ?? "", "must be map if x-kubernetes-list-map-keys is non-empty");
        }

        if (type == "map")
        {
            CheckKeys(schema, path, errors);
        }

        if (type == "set" && schema.Inner is { IsNullable: true })
        {
            errors.Forbidden($"{path}.items.nullable", "cannot be nullable when x-kubernetes-list-type is set");
        }

        if (type == "set" && schema.Inner is { Kind: SchemaKind.Map } maps && maps.Source.Text("x-kubernetes-map-type") != "atomic")
        {
            errors.Forbidden($"{path}.items.x-kubernetes-map-type", "must be atomic as item of a list with x-kubernetes-list-type=set");
        }

        if (type == "set" && schema.Inner is { Kind: SchemaKind.List } lists && lists.Source.Text("x-kubernetes-list-type") is not (null or "atomic"))
        {
            errors.Forbidden($"{path}.items.x-kubernetes-list-type", "must be atomic as item of a list with x-kubernetes-list-type=set");
        }

        if (source.Text("x-kubernetes-map-type") is { } map)
        {
            CheckMapType(schema, map, source, path, errors);
        }
    }

    /// <summary>Rules for places within allOf, anyOf, oneOf and not.</summary>
    public static void CheckLogical(MapValue source, string path, FieldErrors errors)
    {
        foreach (var name in NotInLogic.Where(source.Has))
        {
            errors.Forbidden($"{path}.{name}", "must be empty to be structural");
        }

        if (source.Text("type") is { Length: > 0 } type && !IsIntOrStringBranch(type, path))
        {
            errors.Forbidden($"{path}.type", "must be empty to be structural");
        }

        CheckFixed(source, path, errors);
    }

    /// <summary>What logic speaks of must be described outside of it.</summary>
    public static void CheckComplete(StructuralSchema schema, StructuralSchema speaker, string path, FieldErrors errors)
    {
        var limits = speaker.Limits;
        foreach (var (branches, name) in (ReadOnlySpan<(StructuralSchema[], string)>)[(limits.AllOf, "allOf"), (limits.AnyOf, "anyOf"), (limits.OneOf, "oneOf")])
        {
            for (var index = 0; index < branches.Length; index++)
            {
                CheckDescribed(schema, branches[index], path, StructuralCompiler.At($"{path}.{name}", index), errors);
            }
        }

        if (limits.Not is { } not)
        {
            CheckDescribed(schema, not, path, $"{path}.not", errors);
        }
    }

    private static void CheckDescribed(StructuralSchema schema, StructuralSchema branch, string path, string place, FieldErrors errors)
    {
        foreach (var (name, inner) in branch.Fields)
        {
            if ((schema.FieldSchema(name) ?? (schema.Kind == SchemaKind.Map ? schema.Inner : null)) is { } described)
            {
                CheckDescribed(described, inner, $"{path}.properties[{name}]", $"{place}.properties[{name}]", errors);
            }
            else
            {
                errors.Required($"{path}.properties[{name}]", $"because it is defined in {place}.properties[{name}]");
            }
        }

        if (branch.Inner is { } items && schema.Inner is { } element)
        {
            CheckDescribed(element, items, $"{path}.items", $"{place}.items", errors);
        }
        else if (branch.Inner is not null)
        {
            errors.Required($"{path}.items", $"because it is defined in {place}.items");
        }

        CheckComplete(schema, branch, path, errors);
    }

    private static void CheckKeys(StructuralSchema schema, string path, FieldErrors errors)
    {
        if (schema.ListKeys.Count == 0)
        {
            errors.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        }

        if (schema.Inner is not { Kind: SchemaKind.Map } element)
        {
            errors.Invalid($"{path}.items.type", schema.Inner?.Source.Text("type") ?? "", "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }

        for (var index = 0; index < schema.ListKeys.Count; index++)
        {
            var name = schema.ListKeys[index];
            var place = StructuralCompiler.At($"{path}.x-kubernetes-list-map-keys", index);
            if (schema.ListKeys.Take(index).Contains(name))
            {
                errors.Duplicate(place, name);
            }

            if (element.FieldSchema(name) is not { } key)
            {
                errors.Invalid(place, name, "entries must all be names of item properties");
            }
            else if (key.Kind is SchemaKind.List or SchemaKind.Map)
            {
                errors.Invalid($"{path}.items.properties[{name}].type", key.Source.Text("type") ?? "", "must be a scalar type if parent array's x-kubernetes-list-type is map");
            }
            else if (key.Default is null && !element.Required.Contains(name))
            {
                errors.Required($"{path}.items.properties[{name}].default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }
        }
    }

    private static void CheckMapType(StructuralSchema schema, string map, MapValue source, string path, FieldErrors errors)
    {
        if (map is not ("atomic" or "granular"))
        {
            errors.NotSupported($"{path}.x-kubernetes-map-type", map, "atomic", "granular");
        }
        else if (schema.Kind != SchemaKind.Map)
        {
            errors.Invalid($"{path}.type", source.Text("type") ?? "", "must be object if x-kubernetes-map-type is specified");
        }
    }

    private static void CheckFixed(MapValue source, string path, FieldErrors errors)
    {
        foreach (var name in Never.Where(source.Has))
        {
            errors.Forbidden($"{path}.{name}", $"{name} is not supported");
        }

        if (source.Boolean("uniqueItems") == true)
        {
            errors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        if (source.Boolean("x-kubernetes-preserve-unknown-fields") == false)
        {
            errors.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", false, "must be true or undefined");
        }
    }

    // anyOf: [{type: integer}, {type: string}] may stand beside x-kubernetes-int-or-string.
    private static bool IsIntOrStringBranch(string type, string path) => type is "integer" or "string"
        && (path.EndsWith(".anyOf[0]", StringComparison.Ordinal) || path.EndsWith(".anyOf[1]", StringComparison.Ordinal));
}

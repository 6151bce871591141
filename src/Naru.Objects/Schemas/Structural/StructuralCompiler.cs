using System.Globalization;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Reads the schema of a definition and holds it to the rules for structural schemas.</summary>
internal sealed class StructuralCompiler(FieldErrors errors)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    /// <summary>Compiles a whole schema.</summary>
    public StructuralSchema CompileRoot(MapValue source, string path)
    {
        var schema = Compile(source, path, "must not be empty at the root");
        if (source.Text("type") is { Length: > 0 } type && type != "object")
        {
            errors.Invalid($"{path}.type", type, "must be object at the root");
        }

        if (source.Boolean("nullable") == true)
        {
            errors.Forbidden($"{path}.nullable", "nullable cannot be true at the root");
        }

        schema.Kind = SchemaKind.Map;
        schema.IsEmbedded = true;
        foreach (var name in (source.Map("properties", "metadata", "properties") ?? []).Names.Where(static name => name is not ("name" or "generateName")))
        {
            errors.Forbidden($"{path}.properties[metadata].properties[{name}]", "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }

        new StructuralDefaultRules(errors).Check(schema, path);
        return schema;
    }

    private StructuralSchema Compile(MapValue source, string path, string untyped)
    {
        var schema = Read(source, path);
        StructuralRules.Check(schema, source, path, untyped, errors);
        ReadFields(schema, source, path, (field, place) => Compile(field, place, "must not be empty for specified object fields"), (field, place, words) => Compile(field, place, words));
        StructuralRules.CheckLists(schema, source, path, errors);
        schema.Limits = StructuralLimits.Read(source, path, errors, Logical);
        StructuralRules.CheckComplete(schema, schema, path, errors);
        schema.HasValidations = schema.Validations.Count > 0 || Children(schema).Any(static child => child.HasValidations);
        schema.HasDefaults = Children(schema).Any(static child => child.Default is not null || child.HasDefaults);
        return schema;
    }

    // Within allOf, anyOf, oneOf and not: only what restricts values.
    private StructuralSchema Logical(MapValue source, string path)
    {
        var schema = Read(source, path);
        StructuralRules.CheckLogical(source, path, errors);
        ReadFields(schema, source, path, Logical, (field, place, _) => Logical(field, place));
        schema.Limits = StructuralLimits.Read(source, path, errors, Logical);
        return schema;
    }

    private StructuralSchema Read(MapValue source, string path)
    {
        var type = source.Text("type") ?? "";
        if (type.Length > 0 && !Types.Contains(type))
        {
            errors.NotSupported($"{path}.type", type, Types);
        }

        return new StructuralSchema(source)
        {
            Kind = source.Boolean("x-kubernetes-int-or-string") == true ? SchemaKind.IntOrString : KindOf(type),
            IsNullable = source.Boolean("nullable") == true,
            PreservesUnknown = source.Boolean("x-kubernetes-preserve-unknown-fields") == true,
            IsEmbedded = source.Boolean("x-kubernetes-embedded-resource") == true,
            IsAtomic = source.Text("x-kubernetes-map-type") == "atomic",
            ListType = source.Text("x-kubernetes-list-type") switch { "set" => ListSemantics.Set, "map" => ListSemantics.Map, _ => ListSemantics.Atomic },
            ListKeys = [.. source.List("x-kubernetes-list-map-keys")?.Texts() ?? []],
            Default = source["default"] is { } value and not NullValue ? value : null,
            Required = [.. source.List("required")?.Texts() ?? []],
            Validations = [.. source.Maps("x-kubernetes-validations").Select(ValidationRule.Read)],
        };
    }

    private void ReadFields(StructuralSchema schema, MapValue source, string path, Func<MapValue, string, StructuralSchema> field, Func<MapValue, string, string, StructuralSchema> element)
    {
        foreach (var (name, value) in source.Map("properties") ?? [])
        {
            if (value is MapValue map)
            {
                schema.Fields[name] = field(map, $"{path}.properties[{name}]");
            }
        }

        schema.FieldNames = [.. schema.Fields.Keys];
        switch (source["items"])
        {
            case MapValue items when schema.Kind is SchemaKind.List or SchemaKind.Any:
                schema.Inner = element(items.Map("Schema") ?? items, $"{path}.items", "must not be empty for specified array items");
                break;
            case ListValue:
                errors.Forbidden($"{path}.items", "items must be a schema object and not an array");
                break;
        }

        switch (source["additionalProperties"])
        {
            case MapValue additional when schema.Kind is SchemaKind.Map or SchemaKind.Any:
                schema.Inner = element(additional, $"{path}.additionalProperties", "must not be empty for specified object fields");
                break;
            case BooleanValue { Truth: true }:
                schema.AnyElement = true;
                break;
            case BooleanValue:
                errors.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false");
                break;
        }
    }

    private static IEnumerable<StructuralSchema> Children(StructuralSchema schema) => schema.Inner is { } inner ? schema.Fields.Values.Append(inner) : schema.Fields.Values;

    private static SchemaKind KindOf(string type) => type switch
    {
        "array" => SchemaKind.List,
        "boolean" => SchemaKind.Boolean,
        "integer" => SchemaKind.Integer,
        "number" => SchemaKind.Number,
        "object" => SchemaKind.Map,
        "string" => SchemaKind.Text,
        _ => SchemaKind.Any,
    };

    /// <summary>Path of an entry of a list.</summary>
    internal static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}

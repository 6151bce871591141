using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Cel.Types;

/// <summary>Types of custom resources, by the OpenAPI schema of their definition.</summary>
public sealed class OpenApiTypes : ICelFields
{
    private static readonly string[] RootFields = ["apiVersion", "kind", "metadata"];
    private readonly Dictionary<string, string> _trees = [];
    private readonly Dictionary<string, CelType> _fields = [];

    private OpenApiTypes(MapValue schema, string name, bool isRoot, CelType? metadata = null)
    {
        foreach (var (field, value) in schema.Map("properties") ?? [])
        {
            if (value is MapValue inner && FieldEscapes.Escape(field) is { } escaped && Of(inner, $"{name}.{field}") is { } type)
            {
                Add(field, escaped, isRoot && field == "metadata" ? metadata ?? Metadata(name) : type);
            }
        }

        if (isRoot || schema.Boolean("x-kubernetes-embedded-resource") == true)
        {
            foreach (var field in RootFields.Where(field => !_fields.ContainsKey(field)))
            {
                Add(field, field, field == "metadata" ? metadata ?? Metadata(name) : CelType.Text);
            }
        }
    }

    /// <summary>The type at a place; null where the schema leaves it open, so that expressions do not get there.</summary>
    /// <param name="schema">The schema; it must not be changed.</param>
    /// <param name="name">Name of the type.</param>
    /// <param name="isRoot">The schema is that of a whole object.</param>
    /// <param name="metadata">The type of the object's metadata; null for name and generateName alone.</param>
    public static CelType? Of(MapValue schema, string name, bool isRoot = false, CelType? metadata = null)
    {
        if (schema.Boolean("x-kubernetes-int-or-string") == true)
        {
            return CelType.Dyn;
        }

        return schema.Text("type") switch
        {
            "boolean" => CelType.Bool,
            "integer" => CelType.Int,
            "number" => CelType.Double,
            "string" => TextType(schema),
            "array" when schema.Map("items") is { } items && Of(items, $"{name}.@items") is { } element =>
                CelType.ListOf(element, Semantics(schema), [.. schema.List("x-kubernetes-list-map-keys")?.Texts() ?? []], schema.Integer("maxItems")),
            "object" when schema.Map("additionalProperties") is { } free =>
                Of(free, $"{name}.@values") is { } value ? CelType.MapOf(CelType.Text, value).Bounded(schema.Integer("maxProperties")) : null,
            "object" when schema.Has("properties") || isRoot || schema.Boolean("x-kubernetes-embedded-resource") == true =>
                CelType.ObjectOf(name, new OpenApiTypes(schema, name, isRoot, metadata)),
            "object" when schema.Boolean("x-kubernetes-preserve-unknown-fields") != true => CelType.ObjectOf(name, new OpenApiTypes(schema, name, false)),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public CelType? Field(string name) => _fields.GetValueOrDefault(name);

    /// <inheritdoc/>
    public string TreeName(string name) => _trees.GetValueOrDefault(name, name);

    private void Add(string field, string escaped, CelType type)
    {
        _trees[escaped] = field;
        _fields[escaped] = type;
        if (escaped != field)
        {
            // a.`b-c` and a.namespace name the field as it is.
            _trees[field] = field;
            _fields[field] = type;
        }
    }

    private static CelType Metadata(string name)
    {
        var properties = new MapValue { ["name"] = new MapValue { ["type"] = "string" }, ["generateName"] = new MapValue { ["type"] = "string" } };
        return CelType.ObjectOf($"{name}.metadata", new OpenApiTypes(new MapValue { ["properties"] = properties }, $"{name}.metadata", false));
    }

    private static CelType TextType(MapValue schema) => schema.Text("format") switch
    {
        "byte" => CelType.Bytes.Bounded(schema.Integer("maxLength")),
        "duration" => CelType.Duration,
        "date" or "date-time" => CelType.Timestamp,
        _ => CelType.Text.Bounded(schema.Integer("maxLength") ?? LongestOf(schema)),
    };

    private static long? LongestOf(MapValue schema) => schema.List("enum") is { Count: > 0 } choice ? choice.Texts().Select(static one => (long)one.Length).DefaultIfEmpty(0).Max() : null;

    private static ListSemantics Semantics(MapValue schema) => schema.Text("x-kubernetes-list-type") switch
    {
        "set" => ListSemantics.Set,
        "map" => ListSemantics.Map,
        _ => ListSemantics.Atomic,
    };
}

using System.Globalization;
using System.Text.RegularExpressions;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>A structural schema as a CustomResourceDefinition writes it, read once. Immutable; any thread.</summary>
internal sealed class CustomSchema : ISchema
{
    private readonly Dictionary<string, CustomSchema> _fields = new(StringComparer.Ordinal);

    public CustomSchema(MapValue source)
    {
        Source = source;
        foreach (var (name, value) in source.Map("properties") ?? [])
        {
            if (value is MapValue field)
            {
                _fields[name] = new CustomSchema(field);
            }
        }

        Type = source.Text("type") ?? "";
        IsIntOrString = source.Boolean("x-kubernetes-int-or-string") == true;
        Items = source.Map("items") is { } items ? new CustomSchema(items) : null;
        Additional = source["additionalProperties"] switch
        {
            MapValue additional => new CustomSchema(additional),
            BooleanValue { Truth: true } => new CustomSchema(new MapValue { ["x-kubernetes-preserve-unknown-fields"] = true }),
            _ => null,
        };
        PreservesUnknown = source.Boolean("x-kubernetes-preserve-unknown-fields") == true;
        Required = [.. source.List("required")?.Texts() ?? []];
        ListKeys = [.. source.List("x-kubernetes-list-map-keys")?.Texts() ?? []];
        Parts = [.. Branches(source, "allOf")];
        AnyOf = [.. Branches(source, "anyOf")];
        OneOf = [.. Branches(source, "oneOf")];
        Not = source.Map("not") is { } not ? new CustomSchema(not) : null;
        Pattern = ReadPattern(source.Text("pattern"));
    }

    /// <summary>As the definition writes it; not to be changed.</summary>
    public MapValue Source { get; }

    public string Type { get; }

    public bool IsIntOrString { get; }

    public CustomSchema? Items { get; }

    public CustomSchema? Additional { get; }

    public CustomSchema[] Parts { get; }

    public CustomSchema[] AnyOf { get; }

    public CustomSchema[] OneOf { get; }

    public CustomSchema? Not { get; }

    public Regex? Pattern { get; }

    public bool PreservesUnknown { get; }

    public bool IsEmbedded => Source.Boolean("x-kubernetes-embedded-resource") == true;

    public bool IsNullable => Source.Boolean("nullable") == true;

    public Value? Default => Source["default"];

    public IReadOnlyList<string> Required { get; }

    public IReadOnlyList<string> ListKeys { get; }

    public IReadOnlyList<string> FieldNames => [.. _fields.Keys];

    public ISchema? Element => Type == "array" ? Items : Additional;

    public bool IsAtomic => Source.Text("x-kubernetes-map-type") == "atomic";

    public ListSemantics ListType => Source.Text("x-kubernetes-list-type") switch
    {
        "set" => ListSemantics.Set,
        "map" => ListSemantics.Map,
        _ => ListSemantics.Atomic,
    };

    public SchemaKind Kind => IsIntOrString ? SchemaKind.IntOrString : Type switch
    {
        "object" => SchemaKind.Map,
        "array" => SchemaKind.List,
        "string" => SchemaKind.Text,
        "integer" => SchemaKind.Integer,
        "number" => SchemaKind.Number,
        "boolean" => SchemaKind.Boolean,
        _ => SchemaKind.Any,
    };

    /// <summary>The named fields.</summary>
    public IReadOnlyDictionary<string, CustomSchema> Fields => _fields;

    ISchema? ISchema.Field(string name) => _fields.GetValueOrDefault(name);

    /// <summary>A bound, if the schema has it.</summary>
    public double? Bound(string name) => Source[name] switch
    {
        IntegerValue number => number.Number,
        DoubleValue number => number.Number,
        _ => null,
    };

    /// <summary>A bound as people read it.</summary>
    public string BoundText(string name) => Source[name] is DoubleValue number ? number.Number.ToString("R", CultureInfo.InvariantCulture) : Source[name]?.ToString() ?? "";

    private static IEnumerable<CustomSchema> Branches(MapValue source, string name) => source.Maps(name).Select(static one => new CustomSchema(one));

    private static Regex? ReadPattern(string? pattern)
    {
        try
        {
            // As with Kubernetes' own engine: no backtracking, so that no pattern takes long.
            return string.IsNullOrEmpty(pattern) ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

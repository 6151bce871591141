using System.Runtime.CompilerServices;
using Naru.Objects.Schemas;

namespace Naru.Cel.Types;

/// <summary>Types of built-in kinds, by their <see cref="ISchema"/>.</summary>
public static class SchemaTypes
{
    private static readonly ConditionalWeakTable<ISchema, CelType> Known = [];

    /// <summary>The type of values of a schema.</summary>
    public static CelType Of(ISchema? schema, string name) => schema is null ? CelType.Dyn : Known.GetValue(schema, _ => Make(schema, name));

    private static CelType Make(ISchema schema, string name) => schema.Kind switch
    {
        SchemaKind.Text => CelType.Text,
        SchemaKind.Integer or SchemaKind.Integer32 => CelType.Int,
        SchemaKind.Number => CelType.Double,
        SchemaKind.Boolean => CelType.Bool,
        SchemaKind.Time or SchemaKind.MicroTime => CelType.Timestamp,
        SchemaKind.Duration => CelType.Duration,
        SchemaKind.Bytes => CelType.Bytes,
        SchemaKind.List => CelType.ListOf(Of(schema.Element, $"{name}.@idx"), schema.ListType, schema.ListKeys, null),
        SchemaKind.Map when schema.FieldNames.Count > 0 => CelType.ObjectOf(name, new SchemaFields(schema, name)),
        SchemaKind.Map when schema.Element is { } element => CelType.MapOf(CelType.Text, Of(element, $"{name}.@elem")),
        _ => CelType.Dyn,
    };

    private sealed class SchemaFields(ISchema schema, string name) : ICelFields
    {
        public CelType? Field(string field) => schema.Field(TreeName(field)) is { } inner
            ? Of(inner, $"{name}.{field}")
            : schema.PreservesUnknown ? CelType.Dyn : null;

        public string TreeName(string field) => schema.Field(field) is not null ? field : FieldEscapes.Unescape(field);
    }
}

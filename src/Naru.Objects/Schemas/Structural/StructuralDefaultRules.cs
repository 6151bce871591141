using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Defaults must be values that their own schema takes, and lose nothing by pruning.</summary>
internal sealed class StructuralDefaultRules(FieldErrors errors)
{
    /// <summary>Checks the defaults of a schema and of all below.</summary>
    public void Check(StructuralSchema schema, string path)
    {
        foreach (var (name, field) in schema.Fields)
        {
            CheckOne(field, $"{path}.properties[{name}]");
        }

        if (schema.Inner is { } inner)
        {
            CheckOne(inner, schema.Kind == SchemaKind.List ? $"{path}.items" : $"{path}.additionalProperties");
        }
    }

    private void CheckOne(StructuralSchema schema, string path)
    {
        if (schema.Default is { } value)
        {
            var filled = value.Clone();
            var unknown = new List<string>();
            StructuralPruning.Prune(filled, schema, $"{path}.default", unknown);
            foreach (var field in unknown)
            {
                errors.Invalid(field, value is MapValue or ListValue ? Json.JsonText.ToText(value) : value, "must not have unknown fields");
            }

            StructuralDefaults.Set(filled, schema);
            schema.Validate(filled, null, $"{path}.default", errors);
        }

        Check(schema, path);
    }
}

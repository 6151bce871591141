using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Brings a structural schema to what clients of Swagger 2.0 understand: what they would misread is left out.</summary>
internal static class SchemaDowngrade
{
    public static void ToV2(MapValue schema)
    {
        foreach (var name in (ReadOnlySpan<string>)["allOf", "anyOf", "oneOf", "not", "default"])
        {
            schema.Remove(name);
        }

        if (schema.Boolean("nullable") == true)
        {
            // A null would be refused by clients that check types.
            schema.Remove("nullable");
            schema.Remove("type");
            schema.Remove("items");
            schema.Remove("properties");
        }

        if (schema.Boolean("x-kubernetes-int-or-string") == true)
        {
            schema.Remove("type");
        }

        if (schema.Boolean("x-kubernetes-preserve-unknown-fields") == true)
        {
            schema.Remove("items");
            schema.Remove("properties");
            if (schema.Text("type") is "object")
            {
                schema.Remove("type");
            }
        }

        if (schema.Text("type") is "array" && !schema.Has("items"))
        {
            schema.Remove("type");
        }

        foreach (var (_, field) in schema.Map("properties") ?? new MapValue())
        {
            if (field is MapValue inner)
            {
                ToV2(inner);
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (schema.Map(name) is { } inner)
            {
                ToV2(inner);
            }
        }
    }
}

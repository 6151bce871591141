using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>Definitions of what is no object in JSON.</summary>
internal static class SpecialDefinitions
{
    /// <summary>The definition of a name; null if it is an ordinary one.</summary>
    public static MapValue? Find(string name, OpenApiForm form)
    {
        var isV3 = form == OpenApiForm.V3;
        return name[(name.LastIndexOf('.') + 1)..] switch
        {
            "Time" or "MicroTime" or "Timestamp" when name.Contains(".meta.", StringComparison.Ordinal) => new MapValue
            {
                ["description"] = "A point in time as RFC 3339 writes it.",
                ["type"] = "string",
                ["format"] = "date-time",
            },
            "Duration" when name.Contains(".meta.", StringComparison.Ordinal) => new MapValue { ["description"] = "A span of time as Go writes it.", ["type"] = "string" },
            "Quantity" => isV3
                ? new MapValue { ["description"] = "A number with a suffix for its unit, as 500m or 2Gi.", ["oneOf"] = new ListValue([Type("string"), Type("number")]) }
                : new MapValue { ["description"] = "A number with a suffix for its unit, as 500m or 2Gi.", ["type"] = "string" },
            "IntOrString" => isV3
                ? new MapValue { ["description"] = "A whole number or a text.", ["format"] = "int-or-string", ["oneOf"] = new ListValue([Type("integer"), Type("string")]) }
                : new MapValue { ["description"] = "A whole number or a text.", ["type"] = "string", ["format"] = "int-or-string" },
            "RawExtension" or "FieldsV1" => new MapValue { ["description"] = "Any object.", ["type"] = "object" },
            "Patch" when name == OpenApiRefs.Patch => new MapValue { ["description"] = "A patch in one of the forms that the request's content type names.", ["type"] = "object" },
            "JSON" or "JSONSchemaPropsOrBool" or "JSONSchemaPropsOrArray" or "JSONSchemaPropsOrStringArray" when name.Contains("apiextensions", StringComparison.Ordinal) => new MapValue { ["description"] = "Any JSON value, within the rules of JSON Schema." },
            "ExtraValue" or "Verbs" => new MapValue { ["description"] = "A list of texts.", ["type"] = "array", ["items"] = Type("string") },
            _ => null,
        };
    }

    private static MapValue Type(string type) => new() { ["type"] = type };
}

using Naru.Objects.Values;

namespace Naru.Ingress.Gateways.Definitions;

/// <summary>Words to write schemas with.</summary>
internal static class SchemaWords
{
    public const string HostPattern = @"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    public const string PlainHostPattern = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    public const string GroupPattern = @"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
    public const string KindPattern = @"^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$";
    public const string NamespacePattern = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
    public const string HeaderPattern = @"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$";
    public const string DurationPattern = @"^([0-9]{1,5}(h|m|s|ms)){1,4}$";
    public const string ControllerPattern = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$";

    public static MapValue Text(int max = 0, int min = 0, string? pattern = null, string? standard = null, string[]? among = null)
    {
        var schema = new MapValue { { "type", "string" } };
        if (max > 0)
        {
            schema["maxLength"] = max;
        }

        if (min > 0)
        {
            schema["minLength"] = min;
        }

        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        if (among is not null)
        {
            schema["enum"] = new ListValue(among.Select(static one => (Value)one));
        }

        if (standard is not null)
        {
            schema["default"] = standard;
        }

        return schema;
    }

    public static MapValue Number(long min, long max, long? standard = null)
    {
        var schema = new MapValue { { "type", "integer" }, { "format", "int32" }, { "minimum", min }, { "maximum", max } };
        if (standard is { } value)
        {
            schema["default"] = value;
        }

        return schema;
    }

    public static MapValue Object(MapValue fields, params string[] required)
    {
        var schema = new MapValue { { "type", "object" }, { "properties", fields } };
        if (required.Length > 0)
        {
            schema["required"] = new ListValue(required.Select(static one => (Value)one));
        }

        return schema;
    }

    public static MapValue List(MapValue items, int max, int min = 0, string[]? keys = null)
    {
        var schema = new MapValue { { "type", "array" }, { "maxItems", max }, { "items", items } };
        if (min > 0)
        {
            schema["minItems"] = min;
        }

        if (keys is not null)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new ListValue(keys.Select(static one => (Value)one));
        }
        else
        {
            schema["x-kubernetes-list-type"] = "atomic";
        }

        return schema;
    }

    public static MapValue TextMap(int max) => new() { { "type", "object" }, { "additionalProperties", Text(4096) }, { "maxProperties", max } };

    /// <summary>A schema with a default.</summary>
    public static MapValue With(this MapValue schema, Value standard)
    {
        schema["default"] = standard;
        return schema;
    }

    /// <summary>A schema with a rule in CEL.</summary>
    public static MapValue Ruled(this MapValue schema, string rule, string message)
    {
        schema.MakeList("x-kubernetes-validations").Add(new MapValue { { "rule", rule }, { "message", message } });
        return schema;
    }

    public static MapValue Conditions() => List(
        Object(
            new MapValue
            {
                { "type", Text(316, pattern: @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$") },
                { "status", Text(among: ["True", "False", "Unknown"]) },
                { "observedGeneration", new MapValue { { "type", "integer" }, { "format", "int64" }, { "minimum", 0 } } },
                { "lastTransitionTime", new MapValue { { "type", "string" }, { "format", "date-time" } } },
                { "reason", Text(1024, 1, "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$") },
                { "message", Text(32768) },
            },
            "type", "status", "lastTransitionTime", "reason", "message"),
        8,
        keys: ["type"]);
}

using System.Globalization;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Broken rules of a custom object, by its schema.</summary>
internal sealed class SchemaValidation(ISchemaRules? rules, FieldErrors errors)
{
    /// <summary>Checks a value at a place.</summary>
    public void Check(CustomSchema schema, Value value, Value? old, string path)
    {
        if (value is NullValue && schema.IsNullable)
        {
            return;
        }

        if (!TypeFits(schema, value))
        {
            errors.TypeInvalid(path, TypeName(value), $"{Place(path)} in body must be of type {(schema.IsIntOrString ? "integer or string" : schema.Type)}: \"{TypeName(value)}\"");
            return;
        }

        CheckEnum(schema, value, path);
        switch (value)
        {
            case MapValue map:
                CheckMap(schema, map, old as MapValue, path);
                break;
            case ListValue list:
                CheckList(schema, list, old as ListValue, path);
                break;
            case TextValue text:
                CheckText(schema, text.Text, path);
                break;
            case IntegerValue number:
                CheckNumber(schema, number.Number, value, path);
                break;
            case DoubleValue number:
                CheckNumber(schema, number.Number, value, path);
                break;
        }

        CheckBranches(schema, value, path);
        if (rules is not null && schema.Source.List("x-kubernetes-validations") is { Count: > 0 })
        {
            rules.Validate(schema.Source, value, old, path, errors);
        }
    }

    private static bool TypeFits(CustomSchema schema, Value value)
    {
        if (schema.IsIntOrString)
        {
            return value is IntegerValue or TextValue;
        }

        return schema.Type switch
        {
            "object" => value is MapValue,
            "array" => value is ListValue,
            "string" => value is TextValue,
            "boolean" => value is BooleanValue,
            "integer" => value is IntegerValue || (value is DoubleValue number && Math.Floor(number.Number).Equals(number.Number)),
            "number" => value is IntegerValue or DoubleValue,
            _ => true,
        };
    }

    private void CheckEnum(CustomSchema schema, Value value, string path)
    {
        if (schema.Source.List("enum") is { } allowed && !allowed.Any(one => one.DeepEquals(value)))
        {
            errors.NotSupported(path, value, allowed.Select(static one => one.ToString() ?? ""));
        }
    }

    private void CheckMap(CustomSchema schema, MapValue map, MapValue? old, string path)
    {
        foreach (var name in schema.Required.Where(name => !map.Has(name)))
        {
            errors.Required(Join(path, name));
        }

        if (schema.Bound("maxProperties") is { } most && map.Count > most)
        {
            errors.Invalid(path, TypeName(map), $"{Place(path)} in body should have at most {schema.BoundText("maxProperties")} properties");
        }

        if (schema.Bound("minProperties") is { } least && map.Count < least)
        {
            errors.Invalid(path, TypeName(map), $"{Place(path)} in body should have at least {schema.BoundText("minProperties")} properties");
        }

        foreach (var (name, value) in map)
        {
            if ((schema.Fields.GetValueOrDefault(name) ?? schema.Additional) is { } field)
            {
                Check(field, value, old?[name], Join(path, name));
            }
        }
    }

    private void CheckList(CustomSchema schema, ListValue list, ListValue? old, string path)
    {
        if (schema.Bound("maxItems") is { } most && list.Count > most)
        {
            errors.TooMany(path, list.Count, (long)most);
        }

        if (schema.Bound("minItems") is { } least && list.Count < least)
        {
            errors.Invalid(path, list.Count, $"{Place(path)} in body should have at least {schema.BoundText("minItems")} items");
        }

        var keys = schema.ListKeys;
        for (var index = 0; index < list.Count; index++)
        {
            var item = list[index];
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
            if (schema.Items is { } items)
            {
                Check(items, item, keys.Count == 0 ? null : old?.FirstOrDefault(one => SameKeys(one, item, keys)), place);
            }

            var twice = schema.ListType == Naru.Objects.Schemas.ListSemantics.Map
                ? list.Take(index).Any(one => SameKeys(one, item, keys))
                : (schema.ListType == Naru.Objects.Schemas.ListSemantics.Set || schema.Source.Boolean("uniqueItems") == true) && list.Take(index).Any(one => one.DeepEquals(item));
            if (twice)
            {
                errors.Duplicate(place, item is MapValue map ? string.Join(",", keys.Select(key => $"{key}={map[key]}")) : item);
            }
        }
    }

    private void CheckText(CustomSchema schema, string text, string path)
    {
        if (schema.Bound("maxLength") is { } most && text.Length > most)
        {
            errors.TooLong(path, (long)most);
        }

        if (schema.Bound("minLength") is { } least && text.Length < least)
        {
            errors.Invalid(path, text, $"{Place(path)} in body should be at least {schema.BoundText("minLength")} chars long");
        }

        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            errors.Invalid(path, text, $"{Place(path)} in body should match '{schema.Source.Text("pattern")}'");
        }

        if (schema.Source.Text("format") is "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            errors.Invalid(path, text, $"{Place(path)} in body must be of type date-time: \"{text}\"");
        }
    }

    private void CheckNumber(CustomSchema schema, double number, Value value, string path)
    {
        var (below, above) = (schema.Source.Boolean("exclusiveMinimum") == true, schema.Source.Boolean("exclusiveMaximum") == true);
        if (schema.Bound("minimum") is { } least && (number < least || (below && number.Equals(least))))
        {
            errors.Invalid(path, value, $"{Place(path)} in body should be greater than {(below ? "" : "or equal to ")}{schema.BoundText("minimum")}");
        }

        if (schema.Bound("maximum") is { } most && (number > most || (above && number.Equals(most))))
        {
            errors.Invalid(path, value, $"{Place(path)} in body should be less than {(above ? "" : "or equal to ")}{schema.BoundText("maximum")}");
        }

        if (schema.Bound("multipleOf") is { } step and > 0 && !Math.IEEERemainder(number, step).Equals(0))
        {
            errors.Invalid(path, value, $"{Place(path)} in body should be a multiple of {schema.BoundText("multipleOf")}");
        }
    }

    private void CheckBranches(CustomSchema schema, Value value, string path)
    {
        foreach (var part in schema.Parts)
        {
            Check(part, value, null, path);
        }

        if (schema.AnyOf.Length > 0 && !schema.IsIntOrString && !schema.AnyOf.Any(one => Fits(one, value)))
        {
            errors.Invalid(path, TypeName(value), $"{Place(path)} in body must validate at least one schema (anyOf)");
        }

        if (schema.OneOf.Length > 0 && schema.OneOf.Count(one => Fits(one, value)) != 1)
        {
            errors.Invalid(path, TypeName(value), $"{Place(path)} in body must validate one and only one schema (oneOf)");
        }

        if (schema.Not is { } not && Fits(not, value))
        {
            errors.Invalid(path, TypeName(value), $"{Place(path)} in body must not validate the schema (not)");
        }
    }

    private static bool Fits(CustomSchema schema, Value value)
    {
        var inner = new FieldErrors();
        new SchemaValidation(null, inner).Check(schema, value, null, "");
        return inner.IsEmpty;
    }

    private static bool SameKeys(Value one, Value other, IReadOnlyList<string> keys) =>
        one is MapValue left && other is MapValue right && keys.All(key => left[key]?.DeepEquals(right[key]) ?? !right.Has(key));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Place(string path) => path.Length == 0 ? "<nil>" : path;

    private static string TypeName(Value value) => value switch
    {
        MapValue => "object",
        ListValue => "array",
        TextValue => "string",
        BooleanValue => "boolean",
        IntegerValue => "integer",
        DoubleValue => "number",
        _ => "null",
    };
}

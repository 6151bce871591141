using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Checks values against a schema, in the words that Kubernetes' users know.</summary>
internal sealed class StructuralValidation(FieldErrors errors)
{
    /// <summary>Checks a value and all below it.</summary>
    public void Check(StructuralSchema schema, Value value, Value? old, string path)
    {
        if (old is not null && value.DeepEquals(old))
        {
            // What stands unchanged is not held against a change elsewhere.
            return;
        }

        if (value is NullValue && (schema.IsNullable || (schema.Kind == SchemaKind.Any && schema.Limits.Enum is null)))
        {
            return;
        }

        if (!IsOfType(schema.Kind, value))
        {
            errors.TypeInvalid(path, TypeOf(value), $"{path} in body must be of type {Wanted(schema)}: \"{TypeOf(value)}\"");
            return;
        }

        if (schema.Limits.Enum is { } allowed && !allowed.Any(value.DeepEquals))
        {
            errors.NotSupported(path, Plain(value), allowed.Select(Text));
        }

        switch (value)
        {
            case MapValue map:
                CheckMap(schema, map, old as MapValue, path);
                break;
            case ListValue list:
                CheckList(schema, list, old as ListValue, path);
                break;
            default:
                new ScalarValidation(errors).Check(schema.Limits, value, path);
                break;
        }

        CheckLogic(schema.Limits, value, path);
    }

    private void CheckMap(StructuralSchema schema, MapValue map, MapValue? old, string path)
    {
        var limits = schema.Limits;
        if (limits.MinProperties is { } least && map.Count < least)
        {
            errors.Invalid(path, map.Count, $"{path} in body should have at least {least} properties");
        }

        if (limits.MaxProperties is { } most && map.Count > most)
        {
            errors.TooMany(path, map.Count, most);
        }

        foreach (var name in schema.Required)
        {
            if (!map.Has(name))
            {
                errors.Required(StructuralPruning.Join(path, name));
            }
        }

        if (schema.IsEmbedded && path.Length > 0)
        {
            CheckEmbedded(map, path);
        }

        foreach (ref readonly var field in map.AsSpan())
        {
            if ((schema.FieldSchema(field.Key) ?? (schema.Kind == SchemaKind.List ? null : schema.Inner)) is { } type && !(schema.IsEmbedded && field.Key is "apiVersion" or "kind"))
            {
                Check(type, field.Value, old?[field.Key], StructuralPruning.Join(path, field.Key));
            }
        }
    }

    private void CheckEmbedded(MapValue map, string path)
    {
        foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            if (map.Text(name) is not { Length: > 0 })
            {
                errors.Required(StructuralPruning.Join(path, name), "must not be empty");
            }
        }
    }

    private void CheckList(StructuralSchema schema, ListValue list, ListValue? old, string path)
    {
        var limits = schema.Limits;
        if (limits.MinItems is { } least && list.Count < least)
        {
            errors.Invalid(path, list.Count, $"{path} in body should have at least {least} items");
        }

        if (limits.MaxItems is { } most && list.Count > most)
        {
            errors.TooMany(path, list.Count, most);
            return;
        }

        if (schema.ListType != ListSemantics.Atomic)
        {
            CheckUnique(schema, list, path);
        }

        if (schema.Inner is not { } element || schema.Kind == SchemaKind.Map)
        {
            return;
        }

        var before = old is not null && schema.ListType == ListSemantics.Map ? ByKey(schema, old) : null;
        for (var index = 0; index < list.Count; index++)
        {
            Check(element, list[index], before?.GetValueOrDefault(KeyOf(schema, list[index])), StructuralCompiler.At(path, index));
        }
    }

    private void CheckUnique(StructuralSchema schema, ListValue list, string path)
    {
        var seen = new HashSet<string>(list.Count, StringComparer.Ordinal);
        for (var index = 0; index < list.Count; index++)
        {
            var key = KeyOf(schema, list[index]);
            if (!seen.Add(key))
            {
                errors.Add("FieldValueDuplicate", StructuralCompiler.At(path, index), $"Duplicate value: {key}");
            }
        }
    }

    private void CheckLogic(ValueLimits limits, Value value, string path)
    {
        foreach (var branch in limits.AllOf)
        {
            Check(branch, value, null, path);
        }

        if (limits.AnyOf.Length > 0)
        {
            var found = limits.AnyOf.Select(branch => CausesOf(branch, value, path)).ToArray();
            if (found.All(static one => !one.IsEmpty))
            {
                errors.Invalid(path, "", $"\"{path}\" must validate at least one schema (anyOf)");
                Explain(found);
            }
        }

        if (limits.OneOf.Length > 0)
        {
            var found = limits.OneOf.Select(branch => CausesOf(branch, value, path)).ToArray();
            switch (found.Count(static one => one.IsEmpty))
            {
                case 0:
                    errors.Invalid(path, "", $"\"{path}\" must validate one and only one schema (oneOf). Found none valid");
                    Explain(found);
                    break;
                case > 1 and var fitting:
                    errors.Invalid(path, "", $"\"{path}\" must validate one and only one schema (oneOf). Found {fitting} valid alternatives");
                    break;
            }
        }

        if (limits.Not is { } not && CausesOf(not, value, path).IsEmpty)
        {
            errors.Invalid(path, "", $"\"{path}\" must not validate the schema (not)");
        }
    }

    // What the alternative lacks that came nearest.
    private void Explain(FieldErrors[] found)
    {
        foreach (var cause in found.MinBy(static one => one.Causes.Length)!.Causes)
        {
            errors.Add(cause.Reason, cause.Field, cause.Message);
        }
    }

    private static FieldErrors CausesOf(StructuralSchema branch, Value value, string path)
    {
        var found = new FieldErrors();
        new StructuralValidation(found).Check(branch, value, null, path);
        return found;
    }

    private static Dictionary<string, Value> ByKey(StructuralSchema schema, ListValue list)
    {
        var items = new Dictionary<string, Value>(list.Count, StringComparer.Ordinal);
        foreach (var item in list)
        {
            items.TryAdd(KeyOf(schema, item), item);
        }

        return items;
    }

    private static string KeyOf(StructuralSchema schema, Value item)
    {
        if (schema.ListType != ListSemantics.Map || item is not MapValue map)
        {
            return JsonText.ToText(item);
        }

        var key = new MapValue(schema.ListKeys.Count);
        foreach (var name in schema.ListKeys)
        {
            key[name] = map[name] ?? schema.Inner?.FieldSchema(name)?.Default;
        }

        return JsonText.ToText(key);
    }

    private static bool IsOfType(SchemaKind kind, Value value) => kind switch
    {
        SchemaKind.Map => value is MapValue,
        SchemaKind.List => value is ListValue,
        SchemaKind.Text => value is TextValue,
        SchemaKind.Boolean => value is BooleanValue,
        SchemaKind.Number => value is IntegerValue or DoubleValue,
        SchemaKind.Integer => value is IntegerValue || (value is DoubleValue number && Math.Floor(number.Number).Equals(number.Number)),
        SchemaKind.IntOrString => value is IntegerValue or TextValue,
        _ => true,
    };

    private static string Wanted(StructuralSchema schema) => schema.Kind == SchemaKind.IntOrString ? "integer,string" : schema.Source.Text("type") ?? "object";

    private static string TypeOf(Value value) => value switch
    {
        MapValue => "object",
        ListValue => "array",
        TextValue => "string",
        BooleanValue => "boolean",
        IntegerValue => "integer",
        DoubleValue => "number",
        _ => "null",
    };

    private static object Plain(Value value) => value is MapValue or ListValue ? JsonText.ToText(value) : value;

    private static string Text(Value value) => value is TextValue text ? text.Text : JsonText.ToText(value);
}

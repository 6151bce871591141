using System.Globalization;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas;

/// <summary>Makes a body fit its type: unknown fields, nulls and empty lists and maps that need not be there go (nobody can tell them from missing ones), values of a
/// wrong type are told.</summary>
public static class SchemaCleaner
{
    /// <summary>Cleans a tree in place.</summary>
    /// <param name="body">The tree.</param>
    /// <param name="schema">Its type.</param>
    /// <param name="unknown">Gets the paths of fields that were dropped, as <c>spec.replica</c>.</param>
    /// <param name="errors">Gets values of a wrong type.</param>
    /// <param name="path">Path of the tree, if it is part of another.</param>
    public static void Clean(MapValue body, ISchema schema, List<string> unknown, FieldErrors errors, string path = "") => CleanFields(body, schema, path, unknown, errors);

    private static void CleanFields(MapValue map, ISchema schema, string path, List<string> unknown, FieldErrors errors)
    {
        List<string>? dropped = null;
        foreach (var (name, value) in map.AsSpan())
        {
            var type = schema.Field(name);
            if (type is null)
            {
                if (!schema.PreservesUnknown)
                {
                    unknown.Add(Join(path, name));
                    (dropped ??= []).Add(name);
                }
            }
            else if (value is NullValue && !type.IsNullable && type.Kind != SchemaKind.Any)
            {
                (dropped ??= []).Add(name);
            }
            else if (Fit(value, type, path, name, unknown, errors) is { } fitted && !ReferenceEquals(fitted, value))
            {
                map[name] = fitted;
            }
            else if (type.Element is not null && value is (MapValue { Count: 0 } or ListValue { Count: 0 }) && !schema.Required.Contains(name))
            {
                (dropped ??= []).Add(name);
            }
        }

        dropped?.ForEach(name => map.Remove(name));
    }

    // The value, or one to stand in its place. The path is put together only when there is something to say.
    private static Value Fit(Value value, ISchema type, string path, string name, List<string> unknown, FieldErrors errors)
    {
        switch (type.Kind)
        {
            case SchemaKind.Map when value is MapValue map && type.Element is null:
                CleanFields(map, type, Join(path, name), unknown, errors);
                return value;
            case SchemaKind.Map when value is MapValue map:
                CleanMap(map, type, Join(path, name), unknown, errors);
                return value;
            case SchemaKind.List when value is ListValue list:
                CleanList(list, type, Join(path, name), unknown, errors);
                return value;
            case SchemaKind.Any:
            case SchemaKind.Text or SchemaKind.Duration when value is TextValue:
            case SchemaKind.Boolean when value is BooleanValue:
            case SchemaKind.Integer when value is IntegerValue:
            case SchemaKind.Integer32 when value is IntegerValue { Number: >= int.MinValue and <= int.MaxValue }:
            case SchemaKind.Number when value is IntegerValue or DoubleValue:
            case SchemaKind.IntOrString when value is IntegerValue or TextValue:
            case SchemaKind.Quantity when value is TextValue:
            case SchemaKind.Time or SchemaKind.MicroTime when value is NullValue:
                return value;
            case SchemaKind.Integer or SchemaKind.Integer32 when value is DoubleValue { Number: var number } && number == Math.Floor(number) && Math.Abs(number) <= (type.Kind == SchemaKind.Integer ? 1L << 53 : int.MaxValue):
                return (long)number;
            case SchemaKind.Quantity when value is IntegerValue or DoubleValue:
                return value.ToString()!;
            case SchemaKind.Time or SchemaKind.MicroTime when value is TextValue text && IsTime(text.Text):
                return value;
            case SchemaKind.Bytes when value is TextValue text && IsBase64(text.Text):
                return value;
            default:
                errors.TypeInvalid(Join(path, name), Shown(value), $"cannot be read as {Word(type.Kind)}");
                return value;
        }
    }

    private static void CleanMap(MapValue map, ISchema schema, string path, List<string> unknown, FieldErrors errors)
    {
        foreach (var name in map.Names.ToList())
        {
            var value = map[name]!;
            if (value is NullValue && schema.Element!.Kind != SchemaKind.Any && !schema.Element.IsNullable)
            {
                map.Remove(name);
                continue;
            }

            map[name] = Fit(value, schema.Element!, path, name, unknown, errors);
        }
    }

    private static void CleanList(ListValue list, ISchema schema, string path, List<string> unknown, FieldErrors errors)
    {
        var element = schema.Element!;
        for (var index = 0; index < list.Count; index++)
        {
            if (element.Kind == SchemaKind.Text && list[index] is TextValue)
            {
                continue;
            }

            list[index] = FitItem(list[index], element, path, index, unknown, errors);
        }
    }

    private static Value FitItem(Value item, ISchema element, string path, int index, List<string> unknown, FieldErrors errors)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
        if (element.Kind == SchemaKind.Map && element.Element is null && item is MapValue map)
        {
            CleanFields(map, element, place, unknown, errors);
            return item;
        }

        return Fit(item, element, "", place, unknown, errors);
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : name.StartsWith('[') ? path + name : $"{path}.{name}";

    private static bool IsTime(string text) =>
        text.Length >= 20 && text[10] is 'T' or 't' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    private static bool IsBase64(string text) => System.Buffers.Text.Base64.IsValid(text);

    private static Value Shown(Value value) => value switch
    {
        MapValue => "object",
        ListValue => "array",
        _ => value,
    };

    private static string Word(SchemaKind kind) => kind switch
    {
        SchemaKind.Map => "an object",
        SchemaKind.List => "an array",
        SchemaKind.Text => "a string",
        SchemaKind.Integer or SchemaKind.Integer32 => "an integer",
        SchemaKind.Number => "a number",
        SchemaKind.Boolean => "a boolean",
        SchemaKind.IntOrString => "an integer or a string",
        SchemaKind.Quantity => "a quantity",
        SchemaKind.Time or SchemaKind.MicroTime => "a time (RFC 3339)",
        SchemaKind.Bytes => "bytes in base 64",
        _ => "anything",
    };
}

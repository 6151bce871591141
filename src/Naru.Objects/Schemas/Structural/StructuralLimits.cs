using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Reads what a schema asks of values.</summary>
internal static class StructuralLimits
{
    private static readonly string[] Known =
    [
        "format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum", "multipleOf", "enum", "allOf", "anyOf", "oneOf", "not",
    ];

    /// <summary>Reads them; patterns that are none are noted.</summary>
    public static ValueLimits Read(MapValue source, string path, FieldErrors errors, Func<MapValue, string, StructuralSchema> logical)
    {
        if (!Known.Any(source.Has))
        {
            return ValueLimits.None;
        }

        StructuralSchema[] Branches(string name) => [.. source.Maps(name).Select((map, index) => logical(map, StructuralCompiler.At($"{path}.{name}", index)))];
        var limits = new ValueLimits
        {
            Format = source.Text("format"),
            PatternText = source.Text("pattern"),
            MinLength = source.Integer("minLength"),
            MaxLength = source.Integer("maxLength"),
            MinItems = source.Integer("minItems"),
            MaxItems = source.Integer("maxItems"),
            MinProperties = source.Integer("minProperties"),
            MaxProperties = source.Integer("maxProperties"),
            Minimum = NumberOf(source["minimum"]),
            Maximum = NumberOf(source["maximum"]),
            ExclusiveMinimum = source.Boolean("exclusiveMinimum") == true,
            ExclusiveMaximum = source.Boolean("exclusiveMaximum") == true,
            MultipleOf = NumberOf(source["multipleOf"]),
            Enum = source.List("enum"),
            AllOf = Branches("allOf"),
            AnyOf = Branches("anyOf"),
            OneOf = Branches("oneOf"),
            Not = source.Map("not") is { } not ? logical(not, $"{path}.not") : null,
        };
        return limits.PatternText is { Length: > 0 } pattern ? WithPattern(limits, pattern, path, errors) : limits;
    }

    private static ValueLimits WithPattern(ValueLimits limits, string pattern, string path, FieldErrors errors)
    {
        try
        {
            return limits with { Pattern = GoPattern.Compile(pattern) };
        }
        catch (ArgumentException failure)
        {
            errors.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {failure.Message}");
            return limits;
        }
    }

    private static Value? NumberOf(Value? value) => value is IntegerValue or DoubleValue ? value : null;
}

using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Checks text and numbers against the limits of a schema.</summary>
internal sealed class ScalarValidation(FieldErrors errors)
{
    /// <summary>Checks a value that is neither map nor list.</summary>
    public void Check(ValueLimits limits, Value value, string path)
    {
        switch (value)
        {
            case TextValue text:
                CheckText(limits, text.Text, path);
                break;
            case IntegerValue or DoubleValue:
                CheckNumber(limits, value, path);
                break;
        }
    }

    private void CheckText(ValueLimits limits, string text, string path)
    {
        if (limits.MaxLength is not null || limits.MinLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (length > limits.MaxLength)
            {
                errors.TooLong(path, limits.MaxLength.Value);
            }

            if (length < limits.MinLength)
            {
                errors.Invalid(path, text, $"{path} in body should be at least {limits.MinLength} chars long");
            }
        }

        if (limits.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            errors.Invalid(path, text, $"{path} in body should match '{limits.PatternText}'");
        }

        if (limits.Format is { } format && !StringFormats.Fits(format, text))
        {
            errors.TypeInvalid(path, text, $"{path} in body must be of type {format}: \"{text}\"");
        }
    }

    private void CheckNumber(ValueLimits limits, Value value, string path)
    {
        if (limits.Maximum is { } most && Compare(value, most) is var above && (above > 0 || (above == 0 && limits.ExclusiveMaximum)))
        {
            errors.Invalid(path, value, $"{path} in body should be less than{(limits.ExclusiveMaximum ? "" : " or equal to")} {most}");
        }

        if (limits.Minimum is { } least && Compare(value, least) is var below && (below < 0 || (below == 0 && limits.ExclusiveMinimum)))
        {
            errors.Invalid(path, value, $"{path} in body should be greater than{(limits.ExclusiveMinimum ? "" : " or equal to")} {least}");
        }

        if (limits.MultipleOf is { } factor && !IsMultiple(value, factor))
        {
            errors.Invalid(path, value, $"{path} in body should be a multiple of {factor}");
        }

        if (limits.Format == "int32" && (Compare(value, int.MinValue) < 0 || Compare(value, int.MaxValue) > 0))
        {
            errors.Invalid(path, value, $"{path} in body must be of type int32: \"{value}\"");
        }
    }

    private static int Compare(Value left, Value right) => (left, right) switch
    {
        (IntegerValue one, IntegerValue other) => one.Number.CompareTo(other.Number),
        _ => Double(left).CompareTo(Double(right)),
    };

    private static bool IsMultiple(Value value, Value factor)
    {
        if (value is IntegerValue one && factor is IntegerValue other)
        {
            return other.Number is 0 or -1 or 1 || one.Number % other.Number == 0;
        }

        var (number, part) = (Double(value), Double(factor));
        if (part == 0 || Math.Abs(number) > 1e15 || Math.Abs(part) is > 1e15 or < 1e-10)
        {
            return true;
        }

        return (decimal)number % (decimal)part == 0;
    }

    private static double Double(Value value) => value is IntegerValue whole ? whole.Number : ((DoubleValue)value).Number;
}

using System.Globalization;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Naru.Objects.Yaml;

/// <summary>What a scalar of YAML means.</summary>
internal static class YamlScalars
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>The value of a scalar: by its tag, or by its look if it is plain.</summary>
    public static Value Resolve(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
        tag = tag.StartsWith(TagPrefix, StringComparison.Ordinal) ? tag[TagPrefix.Length..] : tag;
        switch (tag)
        {
            case "":
                return scalar.Style == ScalarStyle.Plain && !scalar.Tag.IsNonSpecific ? ByLook(scalar.Value) : new TextValue(scalar.Value);
            case "binary":
                return Binary(scalar.Value);
            case "float" when ByLook(scalar.Value) is IntegerValue whole:
                return new DoubleValue(whole.Number);
            case "null" or "bool" or "int" or "float":
                return ByLook(scalar.Value);
            default:
                return new TextValue(scalar.Value);
        }
    }

    /// <summary>Whether a plain scalar of this text would be read as something else than text.</summary>
    public static bool LooksOdd(string text) => text is "y" or "Y" or "n" or "N" or "<<" or "=" || ByLook(text, infinite: BooleanValue.True) is not TextValue;

    private static Value ByLook(string text, Value? infinite = null)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return NullValue.Instance;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return BooleanValue.True;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return BooleanValue.False;
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN":
                return infinite ?? throw NaruException.Invalid($"yaml: {text} has no place in JSON");
        }

        return text[0] is (>= '0' and <= '9') or '+' or '-' or '.' ? Number(text) ?? new TextValue(text) : new TextValue(text);
    }

    private static Value? Number(string text)
    {
        var plain = text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (plain.Length == 0)
        {
            return null;
        }

        var negative = plain[0] == '-';
        var digits = plain[0] is '-' or '+' ? plain.AsSpan(1) : plain;
        var radix = digits switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'b' or 'B', ..] => 2,
            ['0', 'o' or 'O', ..] => 8,
            _ => 10,
        };
        if (radix != 10)
        {
            return Whole(digits[2..], radix, negative);
        }

        if (digits is ['0', >= '0' and <= '7', ..] && !digits.ContainsAnyExceptInRange('0', '7'))
        {
            return Whole(digits[1..], 8, negative);
        }

        if (digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || (digits[0] == '.' && digits.Length > 1 && char.IsAsciiDigit(digits[1]))))
        {
            return null;
        }

        if (long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return IntegerValue.Of(whole);
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? new DoubleValue(number) : null;
    }

    private static IntegerValue? Whole(ReadOnlySpan<char> digits, int radix, bool negative)
    {
        long number = 0;
        foreach (var digit in digits)
        {
            var value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (value >= radix || number > (long.MaxValue - value) / radix)
            {
                return null;
            }

            number = (number * radix) + value;
        }

        return digits.IsEmpty ? null : IntegerValue.Of(negative ? -number : number);
    }

    private static TextValue Binary(string text)
    {
        try
        {
            return new TextValue(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
        }
        catch (FormatException failure)
        {
            throw new NaruException(ErrorKind.InvalidArgument, "yaml: !!binary value contains invalid base64 data", failure);
        }
    }
}

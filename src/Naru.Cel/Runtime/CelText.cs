using System.Globalization;
using System.Text;
using Naru.Cel.Types;

namespace Naru.Cel.Runtime;

/// <summary>Values as text, and text by its characters: CEL counts code points, not halves of them.</summary>
internal static class CelText
{
    /// <summary>A scalar as <c>string()</c> shows it.</summary>
    public static string Of(object value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        double number => OfDouble(number),
        CelBytes bytes => Encoding.UTF8.GetString(bytes.Content),
        CelType type => type.Name,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A real number in its shortest form; large and small ones with an exponent of at least two digits.</summary>
    public static string OfDouble(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        }

        // The shortest digits that mean the number, and where its point stands among them.
        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var written = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = written.TrimStart('0');
        if (digits.Length == 0)
        {
            return double.IsNegative(number) ? "-0" : "0";
        }

        var shift = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var exponent = (point < 0 ? written.Length : point) - (written.Length - digits.Length) - 1 + shift;
        digits = digits.TrimEnd('0');
        return (number < 0 ? "-" : "") + Place(digits, exponent);
    }

    private static string Place(string digits, int exponent)
    {
        if (exponent is < -4 or >= 6)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
        }

        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0') : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>How many characters.</summary>
    public static int Length(string text)
    {
        var count = text.Length;
        foreach (var one in text)
        {
            if (char.IsLowSurrogate(one))
            {
                count--;
            }
        }

        return count;
    }

    /// <summary>Place of the character with a number, in halves; the length for the one behind the last; -1 if there is none.</summary>
    public static int Offset(string text, long index)
    {
        if (index < 0)
        {
            return -1;
        }

        var at = 0;
        for (; index > 0 && at < text.Length; index--)
        {
            at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
        }

        return index == 0 ? at : -1;
    }

    /// <summary>Number of the character at a place in halves.</summary>
    public static long IndexOf(string text, int offset) => offset < 0 ? -1 : Length(text[..offset]);
}

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

        var scientific = number.ToString("E16", CultureInfo.InvariantCulture);
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is >= -4 and < 6 || number == 0)
        {
            return shortest.Contains('E') ? number.ToString("F" + Math.Max(0, 16 - exponent), CultureInfo.InvariantCulture).TrimEnd('0').TrimEnd('.') : shortest;
        }

        var digits = new StringBuilder();
        foreach (var one in shortest.Split('E')[0])
        {
            if (char.IsAsciiDigit(one))
            {
                digits.Append(one);
            }
        }

        var significant = digits.ToString().Trim('0');
        var mantissa = significant.Length == 1 ? significant : $"{significant[0]}.{significant[1..]}";
        return string.Create(CultureInfo.InvariantCulture, $"{(number < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
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

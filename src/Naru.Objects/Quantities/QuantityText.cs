using System.Buffers;
using System.Globalization;

namespace Naru.Objects.Quantities;

/// <summary>The text form of quantities: a number with a suffix of thousands, of 1024s or of a power of ten.</summary>
internal static class QuantityText
{
    private const string WrongForm = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    private const string WrongSuffix = "unable to parse quantity's suffix";
    private const string WrongNumber = "unable to parse numeric part of quantity";
    private const int LongestNumber = 512;

    // A number of so many digits times 2^60 times 10^9 is within 128 bits.
    private const int ShortNumber = 9;
    private static readonly Int128 MostBinary = (Int128)long.MaxValue * 1_000_000_000;

    // The suffixes from 10^-9 to 10^18 and from 2^0 to 2^60.
    private static readonly string[] Decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    private static readonly SearchValues<char> SuffixLetters = SearchValues.Create("eEinumkKMGTP+-0123456789");

    /// <summary>Reads a text; says what is wrong with it or null.</summary>
    public static string? Read(ReadOnlySpan<char> text, out Quantity quantity)
    {
        quantity = default;
        if (text.IsEmpty || text.Length > LongestNumber)
        {
            return WrongForm;
        }

        var negative = text[0] == '-';
        var rest = text[0] is '-' or '+' ? text[1..] : text;
        var wholeLength = CountDigits(rest);
        var whole = rest[..wholeLength];
        rest = rest[wholeLength..];
        var fraction = ReadOnlySpan<char>.Empty;
        if (rest is ['.', ..])
        {
            var length = CountDigits(rest[1..]);
            fraction = rest.Slice(1, length);
            rest = rest[(length + 1)..];
        }

        if (whole.IsEmpty && fraction.IsEmpty)
        {
            return rest.IsEmpty || text[^1] == '.' ? WrongNumber : WrongForm;
        }

        if (!ReadSuffix(rest, out var format, out var exponent))
        {
            return rest.ContainsAnyExcept(SuffixLetters) ? WrongForm : WrongSuffix;
        }

        var nanos = format == QuantityFormat.BinarySI ? ReadBinary(whole, fraction, exponent) : Round(whole, fraction, exponent + 9);
        if (format == QuantityFormat.BinarySI && nanos < 1_000_000_000)
        {
            format = QuantityFormat.DecimalSI;
        }

        quantity = new(negative ? -nanos : nanos, format);
        return null;
    }

    /// <summary>The canonical text.</summary>
    public static string Write(Int128 nanos, QuantityFormat format)
    {
        if (nanos == 0)
        {
            return "0";
        }

        var (units, rest) = Int128.DivRem(nanos, 1_000_000_000);
        if (format == QuantityFormat.BinarySI && rest == 0 && Int128.Abs(units) >= 1024)
        {
            var step = 0;
            while (step < Binary.Length - 1 && units % 1024 == 0)
            {
                units /= 1024;
                step++;
            }

            return units.ToString(CultureInfo.InvariantCulture) + Binary[step];
        }

        var power = 0;
        while (power < Decimal.Length - 1 && nanos % 1000 == 0)
        {
            nanos /= 1000;
            power++;
        }

        var exponent = (power - 3) * 3;
        var suffix = format == QuantityFormat.DecimalExponent ? exponent == 0 ? "" : $"e{exponent}" : Decimal[power];
        return nanos.ToString(CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>Product, cut at the ends of the range.</summary>
    public static Int128 Multiply(Int128 left, Int128 right)
    {
        try
        {
            return checked(left * right);
        }
        catch (OverflowException)
        {
            return Int128.IsNegative(left) == Int128.IsNegative(right) ? Int128.MaxValue : Int128.MinValue + 1;
        }
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static bool ReadSuffix(ReadOnlySpan<char> suffix, out QuantityFormat format, out int exponent)
    {
        format = QuantityFormat.DecimalSI;
        exponent = 0;
        for (var step = 0; step < Decimal.Length; step++)
        {
            if (suffix.SequenceEqual(Decimal[step]))
            {
                exponent = (step - 3) * 3;
                return true;
            }
        }

        for (var step = 1; step < Binary.Length; step++)
        {
            if (suffix.SequenceEqual(Binary[step]))
            {
                format = QuantityFormat.BinarySI;
                exponent = step * 10;
                return true;
            }
        }

        format = QuantityFormat.DecimalExponent;
        return suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            && exponent is > -10_000 and < 10_000;
    }

    private static Int128 ReadBinary(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int shift)
    {
        if (fraction.IsEmpty && whole.Length <= ShortNumber)
        {
            return Int128.Min(((Int128)int.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) << shift) * 1_000_000_000, MostBinary);
        }

        // Rounding after the multiplication: a fraction of a Gi has more digits than nine.
        var digits = System.Numerics.BigInteger.Parse([.. whole, .. fraction, '0'], CultureInfo.InvariantCulture) / 10;
        digits <<= shift;
        digits *= 1_000_000_000;
        var (quotient, rest) = System.Numerics.BigInteger.DivRem(digits, System.Numerics.BigInteger.Pow(10, fraction.Length));
        quotient += rest.IsZero ? 0 : 1;
        return (Int128)System.Numerics.BigInteger.Min(quotient, MostBinary);
    }

    /// <summary>The number times 10^<paramref name="exponent"/>, what is below one rounded up.</summary>
    private static Int128 Round(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int exponent)
    {
        var value = Int128.Zero;
        var sticky = false;
        var place = whole.Length + exponent;
        for (var index = 0; index < whole.Length + fraction.Length; index++)
        {
            var digit = (index < whole.Length ? whole[index] : fraction[index - whole.Length]) - '0';
            if (index >= place)
            {
                sticky |= digit != 0;
                continue;
            }

            value = Push(value, digit);
        }

        for (var index = whole.Length + fraction.Length; index < place && value != 0 && value != Int128.MaxValue; index++)
        {
            value = Push(value, 0);
        }

        return sticky && value != Int128.MaxValue ? value + 1 : value;
    }

    private static Int128 Push(Int128 value, int digit) =>
        value > (Int128.MaxValue - digit) / 10 ? Int128.MaxValue : (value * 10) + digit;
}

namespace Naru.Cel.Runtime;

/// <summary>Arithmetic of numbers, with overflow as an error.</summary>
internal static class Numbers
{
    /// <summary>Order of two numbers of any type; null if one of them is no number at all (NaN).</summary>
    public static int? Compare(object left, object right) => (left, right) switch
    {
        (long one, long two) => one.CompareTo(two),
        (ulong one, ulong two) => one.CompareTo(two),
        (long one, ulong two) => one < 0 ? -1 : ((ulong)one).CompareTo(two),
        (ulong one, long two) => two < 0 ? 1 : one.CompareTo((ulong)two),
        (double one, double two) => double.IsNaN(one) || double.IsNaN(two) ? null : one.CompareTo(two),
        (double one, long two) => Compare(one, (Int128)two),
        (double one, ulong two) => Compare(one, (Int128)two),
        (long one, double two) => -Compare(two, (Int128)one),
        (ulong one, double two) => -Compare(two, (Int128)one),
        _ => null,
    };

    /// <summary>Adds, subtracts, multiplies, divides or takes the rest of whole numbers.</summary>
    public static object Whole(char symbol, long left, long right)
    {
        if (right == 0 && symbol is '/' or '%')
        {
            return new CelError(symbol == '/' ? "division by zero" : "modulus by zero");
        }

        if (left == long.MinValue && right == -1 && symbol is '/' or '%')
        {
            return CelError.IntOverflow;
        }

        var result = symbol switch
        {
            '+' => (Int128)left + right,
            '-' => (Int128)left - right,
            '*' => (Int128)left * right,
            '/' => left / right,
            _ => left % right,
        };
        return result < long.MinValue || result > long.MaxValue ? CelError.IntOverflow : (long)result;
    }

    /// <summary>The same without sign.</summary>
    public static object Unsigned(char symbol, ulong left, ulong right)
    {
        if (right == 0 && symbol is '/' or '%')
        {
            return new CelError(symbol == '/' ? "division by zero" : "modulus by zero");
        }

        if (symbol == '-' && right > left)
        {
            return CelError.UintOverflow;
        }

        var result = symbol switch
        {
            '+' => (UInt128)left + right,
            '-' => left - right,
            '*' => (UInt128)left * right,
            '/' => left / right,
            _ => left % right,
        };
        return result > ulong.MaxValue ? CelError.UintOverflow : (ulong)result;
    }

    /// <summary>A real number cut to a whole one.</summary>
    public static object ToInt(double number) => number is > -9223372036854775808.0 and < 9223372036854775808.0 ? (long)number : CelError.IntOverflow;

    /// <summary>A real number cut to one without sign.</summary>
    public static object ToUint(double number) => number is >= 0 and < 18446744073709551616.0 ? (ulong)number : CelError.UintOverflow;

    private static int? Compare(double one, Int128 two)
    {
        if (double.IsNaN(one))
        {
            return null;
        }

        if (Math.Abs(one) >= 1e20)
        {
            return one > 0 ? 1 : -1;
        }

        var whole = Math.Floor(one);
        var order = ((Int128)whole).CompareTo(two);
        return order != 0 ? order : one > whole ? 1 : 0;
    }
}

using System.Globalization;
using System.Text;
using Naru.Cel.Runtime;
using Naru.Cel.Types;

namespace Naru.Cel.Libraries;

/// <summary><c>"%s: %d".format([…])</c>.</summary>
internal static class TextFormat
{
    public static object Apply(string format, CelList arguments, CostMeter cost)
    {
        var result = new StringBuilder();
        var next = 0;
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                result.Append(format[at]);
                continue;
            }

            if (++at < format.Length && format[at] == '%')
            {
                result.Append('%');
                continue;
            }

            if (!Precision(format, ref at, out var precision) || at >= format.Length)
            {
                return new CelError("could not parse formatting clause: unexpected end of string");
            }

            if (next >= arguments.Count)
            {
                return new CelError($"index {next} out of range");
            }

            if (Show(format[at], precision, arguments[next++], cost) is not { } text)
            {
                return new CelError($"error during formatting: %{format[at]} cannot format a value of type {RuntimeTypes.Of(arguments[next - 1]).Name}");
            }

            cost.ChargeWalk(text.Length);
            if (result.Length + text.Length > TextLibrary.MaxLength)
            {
                return TextLibrary.TooLong();
            }

            result.Append(text);
        }

        return result.ToString();
    }

    private static bool Precision(string format, ref int at, out int precision)
    {
        precision = 6;
        if (at >= format.Length || format[at] != '.')
        {
            return at < format.Length;
        }

        var start = ++at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out precision) && precision <= 100;
    }

    private static string? Show(char verb, int precision, object value, CostMeter cost) => (verb, value) switch
    {
        ('s', _) => Text(value, cost, 0),
        ('d', long or ulong) => CelText.Of(value),
        ('d', double number) when !double.IsFinite(number) => Text(value, cost, 0),
        ('f', double or long or ulong) => Real(value) is var number && double.IsFinite(number) ? number.ToString("F" + precision, CultureInfo.InvariantCulture) : Text(value, cost, 0),
        ('e', double or long or ulong) => Real(value) is var number && double.IsFinite(number) ? Exponent(number, precision) : Text(value, cost, 0),
        ('b', long number) => number < 0 ? "-" + Convert.ToString(-number, 2) : Convert.ToString(number, 2),
        ('b', ulong number) => Convert.ToString((long)number, 2),
        ('b', bool truth) => truth ? "1" : "0",
        ('o', long number) => number < 0 ? "-" + Convert.ToString(-number, 8) : Convert.ToString(number, 8),
        ('o', ulong number) => Convert.ToString((long)number, 8),
        ('x' or 'X', long number) => Case(verb, number < 0 ? "-" + (-number).ToString("x", CultureInfo.InvariantCulture) : number.ToString("x", CultureInfo.InvariantCulture)),
        ('x' or 'X', ulong number) => Case(verb, number.ToString("x", CultureInfo.InvariantCulture)),
        ('x' or 'X', string text) => Case(verb, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))),
        ('x' or 'X', CelBytes bytes) => Case(verb, Convert.ToHexStringLower(bytes.Content)),
        _ => null,
    };

    private static double Real(object value) => value switch
    {
        double number => number,
        long number => number,
        _ => (ulong)value,
    };

    private static string Case(char verb, string text) => verb == 'X' ? text.ToUpperInvariant() : text;

    private static string Exponent(double number, int precision)
    {
        var parts = number.ToString("e" + precision, CultureInfo.InvariantCulture).Split('e');
        return $"{parts[0]}e{parts[1][0]}{parts[1][1..].TrimStart('0').PadLeft(2, '0')}";
    }

    private static string? Text(object value, CostMeter cost, int depth)
    {
        cost.Charge(1);
        switch (value)
        {
            case CelBytes or CelTimestamp or CelDuration or string or bool or long or ulong or CelType or CelNull:
                return CelText.Of(value);
            case double number:
                return double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : CelText.OfDouble(number);
            case CelList list when depth < 64:
                var items = list.Items().Select(item => Text(item, cost, depth + 1)).ToList();
                return items.Contains(null) ? null : Pay($"[{string.Join(", ", items)}]", cost);
            case CelMap map when depth < 64:
                var entries = map.Keys.Select(key => (Key: Text(key, cost, depth + 1), Value: Text(map.Find(key)!, cost, depth + 1))).OrderBy(static entry => entry.Key, StringComparer.Ordinal).ToList();
                return entries.Exists(static entry => entry.Key is null || entry.Value is null) ? null : Pay($"{{{string.Join(", ", entries.Select(static entry => $"{entry.Key}: {entry.Value}"))}}}", cost);
            default:
                return null;
        }
    }

    private static string Pay(string text, CostMeter cost)
    {
        cost.ChargeWalk(text.Length);
        return text;
    }
}

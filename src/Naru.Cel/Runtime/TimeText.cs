using System.Globalization;

namespace Naru.Cel.Runtime;

/// <summary>Reads times and spans of time.</summary>
internal static class TimeText
{
    /// <summary>Reads RFC 3339 text.</summary>
    public static CelTimestamp? Timestamp(string text)
    {
        if (text.Length == 10 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return new CelTimestamp(new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds(), 0);
        }

        if (text.Length < 20 || text[10] is not ('T' or 't'))
        {
            return null;
        }

        var (end, nanoseconds) = (19, 0L);
        if (text[19] == '.')
        {
            for (end = 20; end < text.Length && char.IsAsciiDigit(text[end]); end++)
            {
            }

            var digits = text[20..Math.Min(end, 29)];
            if (digits.Length == 0)
            {
                return null;
            }

            nanoseconds = long.Parse(digits.PadRight(9, '0'), CultureInfo.InvariantCulture);
        }

        var zone = text[end..] is "Z" or "z" ? "+00:00" : text[end..];
        return DateTimeOffset.TryParseExact(string.Concat(text.AsSpan(0, 10), "T", text.AsSpan(11, 8), zone), "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new CelTimestamp(time.ToUnixTimeSeconds(), (int)nanoseconds)
            : null;
    }

    /// <summary>Reads <c>1h30m</c>, <c>1.5s</c>, <c>-2ms</c>.</summary>
    public static CelDuration? Duration(string text)
    {
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        if (text.AsSpan(at) is "0")
        {
            return new CelDuration(0);
        }

        var total = (Int128)0;
        var any = false;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            if (!decimal.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || Unit(text, ref at) is not { } unit || amount > long.MaxValue)
            {
                return null;
            }

            total += (Int128)decimal.Truncate(amount) * unit;
            total += (Int128)((amount - decimal.Truncate(amount)) * unit);
            any = true;
            if (total > long.MaxValue)
            {
                return null;
            }
        }

        return any ? new CelDuration((long)(text[0] == '-' ? -total : total)) : null;
    }

    private static long? Unit(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
        {
            at++;
        }

        return text[start..at] switch
        {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" or "µs" or "μs" => 1_000,
            "ns" => 1,
            _ => null,
        };
    }
}

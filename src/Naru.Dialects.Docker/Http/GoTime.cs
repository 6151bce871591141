using System.Buffers;
using System.Globalization;

namespace Naru.Dialects.Docker.Http;

/// <summary>Times and durations as Go writes and reads them.</summary>
internal static class GoTime
{
    public const string Zero = "0001-01-01T00:00:00Z";

    public static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789.");

    /// <summary>RFC 3339 with as many digits of the second as are not zero; no time is Go's zero.</summary>
    public static string Format(DateTimeOffset? time) =>
        time is not { } value || value == DateTimeOffset.MinValue
            ? Zero
            : value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static long UnixNano(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    /// <summary>
    /// Reads what <c>since</c> and <c>until</c> hold: seconds since 1970 with an optional fraction, RFC 3339 in any precision, or
    /// a duration before now. Null if it is none of these.
    /// </summary>
    public static DateTimeOffset? ParseMoment(string text, DateTimeOffset now)
    {
        if (TryParseUnix(text, out var moment))
        {
            return moment;
        }
        if (TryParseDuration(text, out var before))
        {
            return now - before;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal | DateTimeStyles.AdjustToUniversal, out var parsed) &&
            text.Length >= 10 && char.IsAsciiDigit(text[0])
            ? parsed
            : null;
    }

    public static bool TryParseUnix(string text, out DateTimeOffset moment)
    {
        moment = default;
        var dot = text.IndexOf('.');
        var whole = dot < 0 ? text : text[..dot];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(seconds) > 253_000_000_000)
        {
            return false;
        }
        long ticks = 0;
        if (dot >= 0)
        {
            var fraction = text[(dot + 1)..];
            if (fraction.Length is 0 or > 9 || fraction.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
            ticks = long.Parse(fraction.PadRight(9, '0'), CultureInfo.InvariantCulture) / 100;
        }
        moment = DateTimeOffset.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + ticks);
        return true;
    }

    /// <summary>A duration as Go writes it: <c>1h30m</c>, <c>500ms</c>, <c>-1.5s</c>.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }
        if (rest.IsEmpty)
        {
            return false;
        }
        if (rest is "0")
        {
            return true;
        }
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberLetters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            {
                return false;
            }
            rest = rest[digits..];
            var unitLength = rest.IndexOfAny(NumberLetters);
            var unit = unitLength < 0 ? rest : rest[..unitLength];
            double scale = unit switch
            {
                "ns" => 0.01,
                "us" or "µs" or "μs" => 10,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                _ => 0,
            };
            if (scale == 0)
            {
                return false;
            }
            ticks += amount * scale;
            rest = unitLength < 0 ? default : rest[unitLength..];
        }
        if (ticks > TimeSpan.TicksPerDay * 365_000.0)
        {
            return false;
        }
        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    public static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / 100);

    public static long ToNanoseconds(TimeSpan span) => span.Ticks * 100;
}

using System.Globalization;

namespace Naru.Kinds.Printing;

/// <summary>Spans of time as kubectl shows them: <c>5s</c>, <c>3m20s</c>, <c>47h</c>, <c>5d3h</c>, <c>2y10d</c>.</summary>
public static class HumanDuration
{
    private const long Minute = 60;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;
    private const long Year = 365 * Day;

    /// <summary>A span; parts of seconds are cut off.</summary>
    public static string Of(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 2 * Minute => Part(seconds, "s"),
            < 10 * Minute => Pair(seconds, Minute, "m", 1, "s"),
            < 3 * Hour => Part(seconds / Minute, "m"),
            < 8 * Hour => Pair(seconds, Hour, "h", Minute, "m"),
            < 2 * Day => Part(seconds / Hour, "h"),
            < 8 * Day => Pair(seconds, Day, "d", Hour, "h"),
            < 2 * Year => Part(seconds / Day, "d"),
            < 8 * Year => Pair(seconds, Year, "y", Day, "d"),
            _ => Part(seconds / Year, "y"),
        };
    }

    /// <summary>The time since a moment written as in an object's fields; <c>&lt;unknown&gt;</c> if there is none.</summary>
    public static string Since(string? moment, DateTimeOffset now) =>
        DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then) ? Of(now - then) : "<unknown>";

    private static string Part(long number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;

    private static string Pair(long seconds, long large, string largeUnit, long small, string smallUnit)
    {
        var rest = seconds % large / small;
        return rest == 0 ? Part(seconds / large, largeUnit) : Part(seconds / large, largeUnit) + Part(rest, smallUnit);
    }
}

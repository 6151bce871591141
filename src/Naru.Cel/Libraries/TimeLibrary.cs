using System.Globalization;
using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Times and spans of time.</summary>
internal static class TimeLibrary
{
    private static readonly (string Name, Func<DateTimeOffset, CelTimestamp, long> Read)[] Parts =
    [
        ("getFullYear", static (time, _) => time.Year),
        ("getMonth", static (time, _) => time.Month - 1),
        ("getDayOfYear", static (time, _) => time.DayOfYear - 1),
        ("getDayOfMonth", static (time, _) => time.Day - 1),
        ("getDate", static (time, _) => time.Day),
        ("getDayOfWeek", static (time, _) => (long)time.DayOfWeek),
        ("getHours", static (time, _) => time.Hour),
        ("getMinutes", static (time, _) => time.Minute),
        ("getSeconds", static (time, _) => time.Second),
        ("getMilliseconds", static (_, exact) => exact.Nanoseconds / 1_000_000),
    ];

    public static void AddTo(FunctionBook book)
    {
        book.Add<CelTimestamp>("timestamp(timestamp) timestamp", static one => one);
        book.Add<string>("timestamp(string) timestamp", static one => TimeText.Timestamp(one) is { } time && one.Length > 10 ? time : new CelError($"invalid timestamp: \"{one}\""));
        book.Add<long>("timestamp(int) timestamp", static one => new CelTimestamp(one, 0) is { InRange: true } time ? time : new CelError("timestamp overflow"));
        book.Add<CelDuration>("duration(duration) duration", static one => one);
        book.Add<string>("duration(string) duration", static one => TimeText.Duration(one) is { } span ? span : new CelError($"time: invalid duration \"{one}\""));
        foreach (var (name, read) in Parts)
        {
            book.Add<CelTimestamp>($"timestamp.{name}() int", time => read(time.ToTime(), time));
            book.Add<CelTimestamp, string>($"timestamp.{name}(string) int", (time, zone) => Move(time, zone) is { } moved ? read(moved, time) : new CelError($"unknown time zone {zone}"));
        }

        book.Add<CelDuration>("duration.getHours() int", static one => one.Nanoseconds / 3_600_000_000_000);
        book.Add<CelDuration>("duration.getMinutes() int", static one => one.Nanoseconds / 60_000_000_000);
        book.Add<CelDuration>("duration.getSeconds() int", static one => one.Nanoseconds / 1_000_000_000);
        book.Add<CelDuration>("duration.getMilliseconds() int", static one => one.Nanoseconds / 1_000_000);
    }

    private static DateTimeOffset? Move(CelTimestamp time, string zone)
    {
        var utc = time.ToTime();
        try
        {
            if (zone.Contains(':', StringComparison.Ordinal))
            {
                var negative = zone[0] == '-';
                var parts = zone.TrimStart('-', '+').Split(':');
                var offset = new TimeSpan(int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture), int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture), 0);
                return utc.ToOffset(negative ? -offset : offset);
            }

            return zone is "" or "UTC" ? utc : TimeZoneInfo.ConvertTime(utc, TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return null;
        }
    }
}

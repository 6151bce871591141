using System.Globalization;

namespace Naru.Workloads.CronJobs;

/// <summary>A cron schedule: five fields (minute, hour, day of month, month, day of week) with lists, ranges, steps and names, or <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>,
/// <c>@yearly</c>. A day fits if it fits both day fields, or either of them where both are restricted.</summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;

    private CronSchedule(string[] fields)
    {
        _minutes = Read(fields[0], 0, 59, [], 0);
        _hours = Read(fields[1], 0, 23, [], 0);
        _days = Read(fields[2], 1, 31, [], 0);
        _months = Read(fields[3], 1, 12, Months, 1);
        var weekdays = Read(fields[4], 0, 7, Days, 0);
        _weekdays = (weekdays | (weekdays >> 7)) & 0x7f;
        _anyDay = fields[2][0] is '*' or '?';
        _anyWeekday = fields[4][0] is '*' or '?';
    }

    /// <summary>Reads a schedule; null with a reason if it is none.</summary>
    public static CronSchedule? Parse(string text, out string? reason)
    {
        var full = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            var other => other,
        };
        var fields = full.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            reason = $"expected exactly 5 fields, found {fields.Length}: [{text}]";
            return null;
        }

        try
        {
            reason = null;
            return new CronSchedule(fields);
        }
        catch (FormatException failure)
        {
            reason = failure.Message;
            return null;
        }
    }

    /// <summary>The first time after another, in a zone; null if there is none within five years. A local time that a change of clocks skips is passed over, one that it repeats counts once.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified).AddMinutes(1);
        var end = at.AddYears(5);
        while (at < end)
        {
            if (!Has(_months, at.Month))
            {
                at = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(1);
            }
            else if (!FitsDay(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (!Has(_hours, at.Hour))
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (!Has(_minutes, at.Minute) || zone.IsInvalidTime(at) || Instant(at, zone) <= after)
            {
                at = at.AddMinutes(1);
            }
            else
            {
                return Instant(at, zone);
            }
        }

        return null;
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone) =>
        new DateTimeOffset(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local)).ToUniversalTime();

    private bool FitsDay(DateTime at)
    {
        var (day, weekday) = (Has(_days, at.Day), Has(_weekdays, (int)at.DayOfWeek));
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }

    private static bool Has(ulong set, int number) => (set >> number & 1) != 0;

    private static ulong Read(string field, int first, int last, string[] names, int nameOffset)
    {
        var set = 0ul;
        foreach (var part in field.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? part : part[..slash];
            var step = slash < 0 ? 1 : Number(part[(slash + 1)..], [], 0);
            int from;
            int to;
            if (range is "*" or "?")
            {
                (from, to) = (first, last);
            }
            else
            {
                var dash = range.IndexOf('-', StringComparison.Ordinal);
                from = Number(dash < 0 ? range : range[..dash], names, nameOffset);
                to = dash < 0 ? slash < 0 ? from : last : Number(range[(dash + 1)..], names, nameOffset);
            }

            if (from < first || to > last || from > to || step < 1)
            {
                throw new FormatException($"{part} is not within {first} and {last}");
            }

            for (var number = from; number <= to; number += step)
            {
                set |= 1ul << number;
            }
        }

        return set;
    }

    private static int Number(string text, string[] names, int offset)
    {
        var name = Array.FindIndex(names, one => one.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? name + offset
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"failed to parse int from {text}");
    }
}

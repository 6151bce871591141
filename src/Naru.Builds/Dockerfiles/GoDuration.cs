using System.Globalization;
using System.Text.RegularExpressions;

namespace Naru.Builds.Dockerfiles;

/// <summary>Durations as Go writes them, <c>1h30m</c>, <c>1.5s</c>.</summary>
internal static partial class GoDuration
{
    /// <summary>Null: not a duration.</summary>
    public static TimeSpan? Parse(string text)
    {
        var negative = text.StartsWith('-');
        var rest = text.TrimStart('+', '-');
        if (rest == "0")
        {
            return TimeSpan.Zero;
        }

        var match = Form().Match(rest);
        if (!match.Success || match.Groups["part"].Captures.Count == 0)
        {
            return null;
        }

        var ticks = 0.0;
        for (var i = 0; i < match.Groups["part"].Captures.Count; i++)
        {
            var number = double.Parse(match.Groups["number"].Captures[i].ValueSpan, CultureInfo.InvariantCulture);
            ticks += number * match.Groups["unit"].Captures[i].Value switch
            {
                "h" => TimeSpan.TicksPerHour,
                "m" => TimeSpan.TicksPerMinute,
                "s" => TimeSpan.TicksPerSecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "ns" => 0.01,
                _ => 10,
            };
        }

        return Math.Abs(ticks) > TimeSpan.MaxValue.Ticks / 2.0 ? null : TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
    }

    /// <summary>As Go prints it: <c>1m30s</c>, <c>0s</c>.</summary>
    public static string Show(TimeSpan? duration)
    {
        if (duration is not { Ticks: > 0 } time)
        {
            return "0s";
        }

        if (time < TimeSpan.FromSeconds(1))
        {
            return time.TotalMilliseconds.ToString("0.######", CultureInfo.InvariantCulture) + "ms";
        }

        var seconds = (time.TotalSeconds % 60).ToString("0.#########", CultureInfo.InvariantCulture) + "s";
        var minutes = (long)time.TotalMinutes;
        return minutes == 0 ? seconds : minutes < 60 ? $"{minutes}m{seconds}" : $"{minutes / 60}h{minutes % 60}m{seconds}";
    }

    [GeneratedRegex(@"\A(?<part>(?<number>\d+\.?\d*|\.\d+)(?<unit>ns|us|µs|ms|s|m|h))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Workloads.Objects;

/// <summary>Numbers that are absolute or a share of a total (<c>25%</c>).</summary>
internal static class Counts
{
    /// <summary>The number that a field stands for; <paramref name="missing"/> if it is not there.</summary>
    public static int Share(this MapValue map, string name, int total, bool roundUp, int missing) => map[name] switch
    {
        IntegerValue number => (int)Math.Clamp(number.Number, 0, int.MaxValue),
        TextValue text when text.Text.EndsWith('%') && int.TryParse(text.Text.AsSpan(0, text.Text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) =>
            (int)(((long)percent * total + (roundUp ? 99 : 0)) / 100),
        _ => missing,
    };

    public static int Int(this MapValue map, int missing, params ReadOnlySpan<string> path) => map.Integer(path) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : missing;

    public static string Text(this int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Text(this long number) => number.ToString(CultureInfo.InvariantCulture);

    public static TimeSpan? Soonest(TimeSpan? one, TimeSpan? other) => one is { } first ? other is { } second && second < first ? second : first : other;
}

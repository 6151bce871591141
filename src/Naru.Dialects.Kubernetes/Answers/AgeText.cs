using System.Globalization;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Spans of time as <c>kubectl get</c> shows them: two units at most, fewer the longer they are.</summary>
internal static class AgeText
{
    public static string Of(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 120 => Text($"{seconds}s"),
            < 600 => Two(seconds / 60, "m", seconds % 60, "s"),
            < 3 * 3600 => Text($"{seconds / 60}m"),
            < 8 * 3600 => Two(seconds / 3600, "h", seconds / 60 % 60, "m"),
            < 48 * 3600 => Text($"{seconds / 3600}h"),
            < 8 * 86400 => Two(seconds / 86400, "d", seconds / 3600 % 24, "h"),
            < 2L * 365 * 86400 => Text($"{seconds / 86400}d"),
            < 8L * 365 * 86400 => Two(seconds / (365 * 86400), "y", seconds / 86400 % 365, "d"),
            _ => Text($"{seconds / (365 * 86400)}y"),
        };
    }

    private static string Two(long first, string firstUnit, long second, string secondUnit) =>
        second == 0 ? Text($"{first}{firstUnit}") : Text($"{first}{firstUnit}{second}{secondUnit}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

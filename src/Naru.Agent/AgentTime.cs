using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Agent;

/// <summary>Times as objects hold them.</summary>
internal static class AgentTime
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string FormatMicro(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time in a field; null if it is missing.</summary>
    public static DateTimeOffset? Time(this MapValue map, params ReadOnlySpan<string> path) =>
        map.Text(path) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}

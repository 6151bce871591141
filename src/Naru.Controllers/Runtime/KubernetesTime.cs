using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>Times as objects hold them.</summary>
public static class KubernetesTime
{
    private const string Seconds = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string Micro = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>A Time: whole seconds.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Seconds, CultureInfo.InvariantCulture);

    /// <summary>A MicroTime.</summary>
    public static string FormatMicro(DateTimeOffset time) => time.UtcDateTime.ToString(Micro, CultureInfo.InvariantCulture);

    /// <summary>Reads either; null if it is none.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        text is not null && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>The time in a field; null if it is missing.</summary>
    public static DateTimeOffset? Time(this MapValue map, params ReadOnlySpan<string> path) => Parse(map.Text(path));
}

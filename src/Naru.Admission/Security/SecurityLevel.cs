using System.Globalization;

namespace Naru.Admission.Security;

/// <summary>How much is demanded of pods.</summary>
internal enum SecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}

/// <summary>A level as of a version of Kubernetes: <c>restricted:latest</c>, <c>baseline:v1.25</c>.</summary>
/// <param name="Level">The level.</param>
/// <param name="Minor">The minor version; the newest for <c>latest</c>.</param>
internal readonly record struct LevelVersion(SecurityLevel Level, int Minor)
{
    public const int Latest = int.MaxValue;

    public static SecurityLevel? ParseLevel(string? text) => text switch
    {
        "privileged" => SecurityLevel.Privileged,
        "baseline" => SecurityLevel.Baseline,
        "restricted" => SecurityLevel.Restricted,
        _ => null,
    };

    public static int? ParseVersion(string? text)
    {
        if (text is "latest")
        {
            return Latest;
        }

        return text?.StartsWith("v1.", StringComparison.Ordinal) == true && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && (text.Length == 4 || text[3] != '0') ? minor : null;
    }

    public override string ToString() => $"{Level.ToString().ToLowerInvariant()}:{(Minor == Latest ? "latest" : $"v1.{Minor}")}";
}

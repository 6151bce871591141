using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Naru.Cel.Libraries;

/// <summary>A version by the rules of semver 2.0; what is built of it (<c>+…</c>) does not count in comparisons.</summary>
internal sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, string Prerelease) : IComparable<SemanticVersion>
{
    /// <summary>Reads a version; null if it is none. Loose text may begin with <c>v</c>, lack parts and have leading zeros.</summary>
    public static SemanticVersion? Read(string text, bool loose)
    {
        var match = Pattern().Match(loose ? Normal(text) : text);
        return match.Success
            && ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && ulong.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && ulong.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var patch)
            ? new SemanticVersion(major, minor, patch, match.Groups[4].Value)
            : null;
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0 || Prerelease == other.Prerelease)
        {
            return order;
        }

        return Prerelease.Length == 0 ? 1 : other.Prerelease.Length == 0 ? -1 : ComparePrereleases(Prerelease.Split('.'), other.Prerelease.Split('.'));
    }

    private static int ComparePrereleases(string[] left, string[] right)
    {
        for (var index = 0; index < Math.Min(left.Length, right.Length); index++)
        {
            var (one, two) = (left[index], right[index]);
            var (first, second) = (one.All(char.IsAsciiDigit), two.All(char.IsAsciiDigit));
            var order = (first, second) switch
            {
                (true, true) => BigInteger.Parse(one, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(two, CultureInfo.InvariantCulture)),
                (true, false) => -1,
                (false, true) => 1,
                _ => Math.Sign(string.CompareOrdinal(one, two)),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static string Normal(string text)
    {
        var plain = text.Trim().TrimStart('v');
        var end = plain.IndexOfAny(['-', '+']);
        var (core, rest) = end < 0 ? (plain, "") : (plain[..end], plain[end..]);
        var parts = core.Split('.').Select(static part => part.TrimStart('0') is { Length: > 0 } cut ? cut : part.Length > 0 ? "0" : part).ToList();
        while (parts.Count < 3)
        {
            parts.Add("0");
        }

        return string.Join('.', parts) + rest;
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})(?:-((?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}

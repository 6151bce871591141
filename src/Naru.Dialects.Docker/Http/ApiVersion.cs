using System.Globalization;

namespace Naru.Dialects.Docker.Http;

/// <summary>A version of the Docker Engine API; all that matter are 1.x.</summary>
internal readonly record struct ApiVersion(int Minor) : IComparable<ApiVersion>
{
    public static readonly ApiVersion Lowest = new(24);
    public static readonly ApiVersion Highest = new(52);

    /// <summary>Whether this version is at least 1.<paramref name="minor"/>.</summary>
    public bool AtLeast(int minor) => Minor >= minor;

    public bool Below(int minor) => Minor < minor;

    public int CompareTo(ApiVersion other) => Minor.CompareTo(other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"1.{Minor}");

    /// <summary>Takes a <c>/v1.NN</c> prefix off a path. False if the path has none.</summary>
    public static bool TryTakePrefix(string path, out string text, out string rest)
    {
        text = "";
        rest = path;
        if (path.Length < 3 || path[0] != '/' || path[1] != 'v' || !char.IsAsciiDigit(path[2]))
        {
            return false;
        }
        var end = path.IndexOf('/', 1);
        if (end < 0)
        {
            return false;
        }
        var prefix = path.AsSpan(2, end - 2);
        if (prefix.ContainsAnyExcept(GoTime.NumberLetters))
        {
            return false;
        }
        text = prefix.ToString();
        rest = path[end..];
        return true;
    }

    /// <summary>Reads <c>major.minor</c>; a major other than 1 becomes a version below or above all that are served.</summary>
    public static bool TryParse(string text, out ApiVersion version)
    {
        version = default;
        var parts = text.Split('.');
        if (parts.Length > 3 ||
            !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ||
            !int.TryParse(parts.Length > 1 ? parts[1] : "0", NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return false;
        }
        version = new ApiVersion(major switch { 1 => minor, < 1 => -1, _ => int.MaxValue });
        return true;
    }
}

using Naru.Core.Errors;

namespace Naru.Linux.Archives;

/// <summary>Names in archives.</summary>
public static class ArchivePath
{
    /// <summary>
    /// The name without slashes at its ends and without "." and ".." parts; empty for the top. A name that climbs above the top is
    /// <see cref="ErrorKind.InvalidArgument"/>.
    /// </summary>
    public static string Clean(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = name.AsSpan().Trim('/');
        if (!text.Contains("//", StringComparison.Ordinal) && !HasDots(text))
        {
            return text.Length == name.Length ? name : text.ToString();
        }

        var parts = new List<string>();
        foreach (var range in text.Split('/'))
        {
            switch (text[range])
            {
                case "" or ".":
                    break;
                case "..":
                    if (parts.Count == 0)
                    {
                        throw NaruException.Invalid($"invalid path in archive: \"{name}\" is outside of its root");
                    }

                    parts.RemoveAt(parts.Count - 1);
                    break;
                case var part:
                    parts.Add(part.ToString());
                    break;
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>Directory and last part of a cleaned path.</summary>
    public static (string Parent, string Name) Split(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }

    private static bool HasDots(ReadOnlySpan<char> text) =>
        text is "." or ".." || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)
        || text.Contains("/./", StringComparison.Ordinal) || text.Contains("/../", StringComparison.Ordinal)
        || text.EndsWith("/.", StringComparison.Ordinal) || text.EndsWith("/..", StringComparison.Ordinal);
}

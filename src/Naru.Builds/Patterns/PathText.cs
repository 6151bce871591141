namespace Naru.Builds.Patterns;

/// <summary>Paths as text, with slashes.</summary>
internal static class PathText
{
    /// <summary>Removes <c>.</c>, doubled slashes, slashes at the end and what <c>..</c> takes back (Go's path.Clean). Empty: <c>.</c>.</summary>
    public static string Clean(string path)
    {
        var rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case ".." when parts.Count > 0 && parts[^1] != "..":
                    parts.RemoveAt(parts.Count - 1);
                    break;
                case ".." when rooted:
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        var joined = string.Join('/', parts);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }

    /// <summary>Below the root, without a slash in front: what <c>/</c> followed by the path means. Empty: the root itself.</summary>
    public static string Below(string path) => Clean("/" + path)[1..];

    public static string Join(string left, string right) =>
        right.Length == 0 ? left : left.Length == 0 || left == "/" ? left + right.TrimStart('/') : $"{left.TrimEnd('/')}/{right.TrimStart('/')}";

    public static string NameOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    public static string ParentOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}

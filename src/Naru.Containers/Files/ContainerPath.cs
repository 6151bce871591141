using Naru.Core.Errors;

namespace Naru.Containers.Files;

/// <summary>A path inside a container as a caller wrote it, made absolute as docker does: <c>..</c> is taken lexically, and a slash or dot at the end stays.</summary>
/// <param name="Text">The absolute path.</param>
internal readonly record struct ContainerPath(string Text)
{
    /// <summary>The last part; <c>.</c> for <c>/a/.</c>, <c>/</c> for the root.</summary>
    internal string Name => Text.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : "/";

    /// <summary>True when the path can only name a directory.</summary>
    internal bool WantsDirectory => Text.EndsWith('/') || Text.EndsWith("/.", StringComparison.Ordinal);

    internal static ContainerPath Parse(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw NaruException.Invalid("invalid path: it holds a zero byte");
        }

        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        var text = "/" + string.Join('/', parts);
        var trimmed = path.TrimEnd('/');
        if (trimmed == "." || trimmed.EndsWith("/.", StringComparison.Ordinal))
        {
            text = text.TrimEnd('/') + "/.";
        }
        else if (path.EndsWith('/') && text != "/")
        {
            text += "/";
        }

        return new ContainerPath(text);
    }
}

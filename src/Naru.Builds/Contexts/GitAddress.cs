using System.Text.RegularExpressions;

namespace Naru.Builds.Contexts;

/// <summary>A git repository as docker's users name it: <c>address.git#reference:directory</c>.</summary>
internal sealed partial record GitAddress(string Remote, string Reference, string Directory)
{
    /// <summary>Null: the text names no git repository.</summary>
    public static GitAddress? TryParse(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var remote = hash < 0 ? text : text[..hash];
        var fragment = hash < 0 ? "" : text[(hash + 1)..];
        if (remote.StartsWith("github.com/", StringComparison.Ordinal))
        {
            remote = "https://" + remote;
        }
        else if (!Form().IsMatch(remote))
        {
            return null;
        }

        var colon = fragment.IndexOf(':', StringComparison.Ordinal);
        var reference = colon < 0 ? fragment : fragment[..colon];

        // A reference that looks like an option must not become one.
        return reference.StartsWith('-') || remote.StartsWith('-') ? null : new GitAddress(remote, reference, colon < 0 ? "" : fragment[(colon + 1)..].Trim('/'));
    }

    [GeneratedRegex(@"^(https?://[^#]+\.git|git://.+|ssh://.+|[A-Za-z0-9_.-]+@[^:/\s]+:.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

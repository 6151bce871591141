using System.Globalization;
using Naru.Core.Errors;

namespace Naru.Objects.Patches;

/// <summary>A path of JSON (RFC 6901): <c>/spec/containers/0/image</c>.</summary>
internal static class JsonPointer
{
    /// <summary>The names in the path, unescaped; empty for the whole document.</summary>
    public static string[] Parse(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        if (text[0] != '/')
        {
            throw NaruException.Invalid($"json patch: path \"{text}\" must be empty or start with \"/\"");
        }

        var parts = text[1..].Split('/');
        for (var index = 0; index < parts.Length; index++)
        {
            if (parts[index].Contains('~', StringComparison.Ordinal))
            {
                parts[index] = Unescape(parts[index], text);
            }
        }

        return parts;
    }

    /// <summary>A place in a list; null if the text is none.</summary>
    public static int? Index(string text)
    {
        var plain = text.Length is > 0 and <= 9 && (text[0] != '0' || text.Length == 1);
        return plain && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    private static string Unescape(string part, string whole)
    {
        for (var index = part.IndexOf('~', StringComparison.Ordinal); index >= 0; index = part.IndexOf('~', index + 1))
        {
            if (index + 1 >= part.Length || part[index + 1] is not ('0' or '1'))
            {
                throw NaruException.Invalid($"json patch: path \"{whole}\": \"~\" must be followed by 0 or 1");
            }
        }

        return part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}

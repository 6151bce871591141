using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Naru.Objects.Schemas.Structural;

/// <summary>Patterns as Kubernetes writes them (RE2), for .NET's matcher that cannot run away.</summary>
internal static class GoPattern
{
    private const int MostRepeats = 1000;

    /// <summary>The matcher of a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException failure)
        {
            throw new ArgumentException(failure.Message, nameof(pattern), failure);
        }
    }

    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            var rest = pattern.AsSpan(at);
            if (pattern[at] == '\\' && at + 1 < pattern.Length)
            {
                at += Escape(pattern, at, inClass, text) - 1;
            }
            else if (inClass && rest.StartsWith("[:") && rest.IndexOf(":]") is > 0 and var end)
            {
                text.Append(Posix(pattern.Substring(at + 2, end - 2)));
                at += end + 1;
            }
            else if (inClass)
            {
                inClass = pattern[at] != ']' || IsFirstInClass(pattern, at);
                text.Append(pattern[at] == '[' ? "\\[" : pattern[at]);
            }
            else if (rest.StartsWith("(?P<"))
            {
                text.Append("(?<");
                at += 3;
            }
            else
            {
                inClass = pattern[at] == '[';
                CheckRepeat(rest);
                text.Append(pattern[at] == '$' ? "\\z" : pattern[at]);
            }
        }

        return text.ToString();
    }

    private static bool IsFirstInClass(string pattern, int at) => pattern[at - 1] == '[' || (pattern[at - 1] == '^' && pattern[at - 2] == '[');

    private static int Escape(string pattern, int at, bool inClass, StringBuilder text)
    {
        var simple = (pattern[at + 1], inClass) switch
        {
            ('d', true) => "0-9",
            ('w', true) => "0-9A-Za-z_",
            ('s', true) => "\\t\\n\\f\\r ",
            ('d', false) => "[0-9]",
            ('D', false) => "[^0-9]",
            ('w', false) => "[0-9A-Za-z_]",
            ('W', false) => "[^0-9A-Za-z_]",
            ('s', false) => "[\\t\\n\\f\\r ]",
            ('S', false) => "[^\\t\\n\\f\\r ]",
            _ => null,
        };
        if (simple is not null)
        {
            text.Append(simple);
            return 2;
        }

        var rest = pattern.AsSpan(at);
        if (pattern[at + 1] is 'p' or 'P' && at + 2 < pattern.Length && pattern[at + 2] != '{')
        {
            text.Append(CultureInfo.InvariantCulture, $"\\{pattern[at + 1]}{{{pattern[at + 2]}}}");
            return 3;
        }

        if (rest.StartsWith("\\x{") && rest.IndexOf('}') is > 3 and var end && int.TryParse(rest[3..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{code:X4}");
            return end + 1;
        }

        if (rest.StartsWith("\\Q"))
        {
            var close = rest.IndexOf("\\E");
            var literal = close < 0 ? rest[2..] : rest[2..close];
            text.Append(Regex.Escape(literal.ToString()));
            return close < 0 ? rest.Length : close + 2;
        }

        text.Append(rest[..2]);
        return 2;
    }

    private static void CheckRepeat(ReadOnlySpan<char> rest)
    {
        if (rest[0] != '{' || rest.IndexOf('}') is not (> 1 and var end))
        {
            return;
        }

        foreach (var part in rest[1..end].Split(','))
        {
            if (long.TryParse(rest[1..end][part], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > MostRepeats)
            {
                throw new ArgumentException($"invalid repeat count: `{rest[..(end + 1)]}`");
            }
        }
    }

    private static string Posix(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => "\\x00-\\x7F",
        "blank" => "\\t ",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "digit" => "0-9",
        "graph" => "!-~",
        "lower" => "a-z",
        "print" => " -~",
        "punct" => "!-/:-@\\[-`{-~",
        "space" => "\\t\\n\\v\\f\\r ",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => throw new ArgumentException($"invalid character class range: `[:{name}:]`"),
    };
}

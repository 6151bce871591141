using System.Text;

namespace Naru.Cel.Libraries;

/// <summary>Brings patterns of RE2 to the platform's form where they differ: named groups, the end of text, flags, quoted stretches and classes such as <c>[[:alpha:]]</c>.</summary>
internal static class GoPatterns
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7F", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1F\x7F", ["digit"] = "0-9", ["graph"] = "!-~",
        ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ", ["upper"] = "A-Z", ["word"] = @"0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    public static string ToPlatform(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 8);
        var inClass = false;
        for (var at = 0; at < pattern.Length; at++)
        {
            if (pattern[at] == '\\' && at + 1 < pattern.Length)
            {
                Escape(pattern, ref at, inClass, result);
                continue;
            }

            if (inClass && pattern[at] == '[' && Class(pattern, at) is { } name)
            {
                result.Append(Classes[name]);
                at += name.Length + 3;
                continue;
            }

            inClass = inClass ? !Closes(pattern, at) : pattern[at] == '[';
            Plain(pattern, ref at, inClass, result);
        }

        return result.ToString();
    }

    private static void Plain(string pattern, ref int at, bool inClass, StringBuilder result)
    {
        if (!inClass && pattern[at] == '$')
        {
            result.Append(@"\z");
        }
        else if (inClass && pattern[at] == '[' && result.Length > 0 && at > 0 && InnerBracket(pattern, at))
        {
            result.Append(@"\[");
        }
        else if (!inClass && string.CompareOrdinal(pattern, at, "(?P<", 0, 4) == 0)
        {
            result.Append("(?<");
            at += 3;
        }
        else
        {
            result.Append(pattern[at]);
        }
    }

    // A bracket that stands inside of a class, not one that opens it.
    private static bool InnerBracket(string pattern, int at)
    {
        var open = false;
        for (var index = 0; index < at; index++)
        {
            if (pattern[index] == '\\')
            {
                index++;
            }
            else if (!open && pattern[index] == '[')
            {
                open = true;
            }
            else if (open && Closes(pattern, index))
            {
                open = false;
            }
        }

        return open;
    }

    // A bracket that is the first of its class is a character like others.
    private static bool Closes(string pattern, int at) => pattern[at] == ']' && pattern[at - 1] != '[' && !(pattern[at - 1] == '^' && at > 1 && pattern[at - 2] == '[');

    private static string? Class(string pattern, int at)
    {
        var end = pattern.IndexOf(":]", at, StringComparison.Ordinal);
        return end > at + 1 && pattern[at + 1] == ':' && Classes.ContainsKey(pattern[(at + 2)..end]) ? pattern[(at + 2)..end] : null;
    }

    private static void Escape(string pattern, ref int at, bool inClass, StringBuilder result)
    {
        var next = pattern[++at];
        switch (next)
        {
            case 'Q':
                var end = pattern.IndexOf("\\E", at, StringComparison.Ordinal);
                result.Append(System.Text.RegularExpressions.Regex.Escape(pattern[(at + 1)..(end < 0 ? pattern.Length : end)]));
                at = end < 0 ? pattern.Length : end + 1;
                break;
            case 'd':
                result.Append(inClass ? "0-9" : "[0-9]");
                break;
            case 'w':
                result.Append(inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]");
                break;
            case 's':
                result.Append(inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]");
                break;
            case 'D' or 'W' or 'S' when !inClass:
                result.Append(next switch
                {
                    'D' => "[^0-9]",
                    'W' => "[^0-9A-Za-z_]",
                    _ => @"[^\t\n\f\r ]",
                });
                break;
            case 'x' when at + 1 < pattern.Length && pattern[at + 1] == '{' && pattern.IndexOf('}', at) is > 0 and var close && close - at <= 6:
                result.Append(@"\u").Append(pattern[(at + 2)..close].PadLeft(4, '0'));
                at = close;
                break;
            default:
                result.Append('\\').Append(next);
                break;
        }
    }
}

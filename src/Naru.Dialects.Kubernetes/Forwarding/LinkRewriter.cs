using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>
/// Brings the links of an HTML page to where a proxy serves it. Reads the page piece by piece, in any encoding that has ASCII in it, and holds back only a tag that is not complete yet;
/// what is no link stays byte for byte as it was.
/// </summary>
internal sealed class LinkRewriter(Func<string, string> rewrite)
{
    private const int LongestTag = 64 * 1024;

    private static readonly FrozenDictionary<string, string[]> Links = new Dictionary<string, string[]>
    {
        ["a"] = ["href"], ["applet"] = ["codebase"], ["area"] = ["href"], ["audio"] = ["src"], ["base"] = ["href"], ["blockquote"] = ["cite"], ["body"] = ["background"], ["button"] = ["formaction"],
        ["command"] = ["icon"], ["del"] = ["cite"], ["embed"] = ["src"], ["form"] = ["action"], ["frame"] = ["longdesc", "src"], ["head"] = ["profile"], ["html"] = ["manifest"], ["iframe"] = ["longdesc", "src"],
        ["img"] = ["longdesc", "src", "usemap"], ["input"] = ["src", "usemap", "formaction"], ["ins"] = ["cite"], ["link"] = ["href"], ["object"] = ["classid", "codebase", "data", "usemap"], ["q"] = ["cite"],
        ["script"] = ["src"], ["source"] = ["src"], ["video"] = ["poster", "src"],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private string _rest = "";
    private string? _rawEnd;

    /// <summary>Takes a piece of the page and writes what can be said of it.</summary>
    /// <param name="piece">The next bytes.</param>
    /// <param name="output">Where the page goes.</param>
    /// <param name="isLast">No more will come.</param>
    public void Feed(ReadOnlySpan<byte> piece, IBufferWriter<byte> output, bool isLast)
    {
        var text = _rest + Encoding.Latin1.GetString(piece);
        var at = 0;
        while (at < text.Length && (_rawEnd is not null ? PassRaw(text, ref at, output, isLast) : PassMarkup(text, ref at, output, isLast)))
        {
        }

        _rest = text[at..];
    }

    // Scripts, styles and comments have no tags in them. False: more of the page is needed.
    private bool PassRaw(string text, ref int at, IBufferWriter<byte> output, bool isLast)
    {
        var end = text.IndexOf(_rawEnd!, at, StringComparison.OrdinalIgnoreCase);
        if (end < 0)
        {
            Write(text, ref at, isLast ? text.Length : Math.Max(at, text.Length - _rawEnd!.Length + 1), output);
            return false;
        }

        Write(text, ref at, end, output);
        _rawEnd = null;
        return true;
    }

    private bool PassMarkup(string text, ref int at, IBufferWriter<byte> output, bool isLast)
    {
        var open = text.IndexOf('<', at);
        Write(text, ref at, open < 0 ? text.Length : open, output);
        if (open < 0)
        {
            return true;
        }

        if (text.Length - at < 4 && !isLast)
        {
            return false;
        }

        if (string.CompareOrdinal(text, at, "<!--", 0, 4) == 0)
        {
            Write(text, ref at, at + 4, output);
            _rawEnd = "-->";
            return true;
        }

        if (at + 1 == text.Length || !char.IsAsciiLetter(text[at + 1]))
        {
            Write(text, ref at, at + 1, output);
            return true;
        }

        var close = CloseOf(text, at);
        if (close < 0)
        {
            if (isLast || text.Length - at > LongestTag)
            {
                Write(text, ref at, text.Length, output);
            }

            return false;
        }

        var tag = text[at..(close + 1)];
        at = close + 1;
        WriteTag(tag, output);
        return true;
    }

    private static int CloseOf(string text, int at)
    {
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            var letter = text[at];
            if (quote == '\0' && letter == '>')
            {
                return at;
            }

            quote = quote == '\0' && letter is '"' or '\'' ? letter : letter == quote ? '\0' : quote;
        }

        return -1;
    }

    private void WriteTag(string tag, IBufferWriter<byte> output)
    {
        var at = 1;
        var name = Take(tag, ref at, static letter => !char.IsWhiteSpace(letter) && letter is not ('/' or '>'));
        if (name.ToLowerInvariant() is "script" or "style")
        {
            _rawEnd = "</" + name;
        }

        var done = 0;
        if (Links.TryGetValue(name, out var links))
        {
            while (at < tag.Length - 1)
            {
                Take(tag, ref at, static letter => char.IsWhiteSpace(letter) || letter == '/');
                var attribute = Take(tag, ref at, static letter => !char.IsWhiteSpace(letter) && letter is not ('=' or '>' or '/'));
                if (!TakeValue(tag, ref at, out var start, out var end))
                {
                    at += attribute.Length == 0 ? 1 : 0;
                }
                else if (links.Contains(attribute, StringComparer.OrdinalIgnoreCase))
                {
                    Write(tag, ref done, start, output);
                    var link = rewrite(tag[start..end]);
                    var written = 0;
                    Write(link, ref written, link.Length, output);
                    done = end;
                }
            }
        }

        Write(tag, ref done, tag.Length, output);
    }

    private static bool TakeValue(string tag, ref int at, out int start, out int end)
    {
        (start, end) = (at, at);
        Take(tag, ref at, char.IsWhiteSpace);
        if (tag[at] != '=')
        {
            return false;
        }

        at++;
        Take(tag, ref at, char.IsWhiteSpace);
        var quote = tag[at];
        if (quote is '"' or '\'')
        {
            start = ++at;
            Take(tag, ref at, letter => letter != quote);
            end = at++;
            return true;
        }

        start = at;
        Take(tag, ref at, static letter => !char.IsWhiteSpace(letter) && letter != '>');
        end = at;
        return true;
    }

    private static string Take(string text, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length - 1 && belongs(text[at]))
        {
            at++;
        }

        return text[start..at];
    }

    private static void Write(string text, ref int from, int to, IBufferWriter<byte> output)
    {
        Encoding.Latin1.GetBytes(text.AsSpan(from, to - from), output);
        from = to;
    }
}

using System.Globalization;
using System.Text;
using Naru.Cel.Runtime;

namespace Naru.Cel.Syntax;

/// <summary>Reads literals of text and bytes: raw or with escapes, in one or three quotes.</summary>
internal static class TextLexer
{
    /// <summary>Whether a literal begins here.</summary>
    public static bool Starts(string source, int at)
    {
        for (var skipped = 0; at < source.Length && skipped < 2 && source[at] is 'r' or 'R' or 'b' or 'B'; skipped++)
        {
            at++;
        }

        return at < source.Length && source[at] is '"' or '\'';
    }

    /// <summary>The literal: a <see cref="string"/> or <see cref="CelBytes"/>.</summary>
    public static object Read(string source, ref int at)
    {
        var (start, raw, bytes) = (at, false, false);
        while (source[at] is not ('"' or '\''))
        {
            raw |= source[at] is 'r' or 'R';
            bytes |= source[at] is 'b' or 'B';
            at++;
        }

        var quote = source[at];
        var triple = at + 2 < source.Length && source[at + 1] == quote && source[at + 2] == quote;
        at += triple ? 3 : 1;
        var body = new LiteralBody(bytes);
        while (true)
        {
            if (at >= source.Length || (!triple && source[at] is '\n' or '\r'))
            {
                throw new CelSyntaxException(start, $"Syntax error: token recognition error at: '{source[start..Math.Min(source.Length, start + 32)]}'");
            }

            if (source[at] == quote && (!triple || (at + 2 < source.Length && source[at + 1] == quote && source[at + 2] == quote)))
            {
                at += triple ? 3 : 1;
                return body.Value;
            }

            if (source[at] == '\\' && !raw)
            {
                Escape(source, ref at, body);
            }
            else
            {
                body.Add(source[at++]);
            }
        }
    }

    private static void Escape(string source, ref int at, LiteralBody body)
    {
        var start = at;
        var kind = at + 1 < source.Length ? source[at + 1] : '\0';
        at += 2;
        var simple = "abfnrtv\\'\"`?".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            body.Add("\a\b\f\n\r\t\v\\'\"`?"[simple]);
            return;
        }

        var (digits, radix, skip) = kind switch
        {
            'x' or 'X' => (2, 16, 0),
            'u' => (4, 16, 0),
            'U' => (8, 16, 0),
            >= '0' and <= '3' => (3, 8, 1),
            _ => throw new CelSyntaxException(start, "Syntax error: token recognition error at: '\\" + kind + "'"),
        };
        at -= skip;
        if (at + digits > source.Length || !TryNumber(source.AsSpan(at, digits), radix, out var code))
        {
            throw new CelSyntaxException(start, "Syntax error: token recognition error at: '\\" + kind + "'");
        }

        at += digits;
        if (!body.AddCode(code, wide: kind is 'u' or 'U'))
        {
            throw new CelSyntaxException(start, "unable to unescape string");
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, int radix, out uint code)
    {
        if (radix == 16)
        {
            return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        }

        code = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            code = (code * 8) + (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>A literal as it grows.</summary>
    private sealed class LiteralBody(bool bytes)
    {
        private readonly StringBuilder _text = new();
        private readonly List<byte> _bytes = [];

        public object Value
        {
            get
            {
                Flush();
                return bytes ? new CelBytes([.. _bytes]) : _text.ToString();
            }
        }

        public void Add(char one) => _text.Append(one);

        public bool AddCode(uint code, bool wide)
        {
            if (bytes)
            {
                if (wide)
                {
                    return false;
                }

                Flush();
                _bytes.Add((byte)code);
                return true;
            }

            if (!Rune.IsValid(code))
            {
                return false;
            }

            _text.Append(new Rune(code).ToString());
            return true;
        }

        private void Flush()
        {
            if (bytes)
            {
                _bytes.AddRange(Encoding.UTF8.GetBytes(_text.ToString()));
                _text.Clear();
            }
        }
    }
}

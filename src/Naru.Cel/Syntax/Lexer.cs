using System.Globalization;

namespace Naru.Cel.Syntax;

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class Lexer(string source)
{
    private static readonly string[] Pairs = ["&&", "||", "==", "!=", "<=", ">="];
    private int _at;

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        var tokens = new List<Token>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);

        return tokens;
    }

    private Token Next()
    {
        SkipSpace();
        var start = _at;
        if (_at >= source.Length)
        {
            return new Token(TokenKind.End, "<EOF>", null, start);
        }

        var current = source[_at];
        if (TextLexer.Starts(source, _at))
        {
            var value = TextLexer.Read(source, ref _at);
            return new Token(value is string ? TokenKind.Text : TokenKind.Bytes, source[start.._at], value, start);
        }

        if (char.IsAsciiLetter(current) || current == '_')
        {
            while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] == '_'))
            {
                _at++;
            }

            return new Token(TokenKind.Identifier, source[start.._at], null, start);
        }

        if (char.IsAsciiDigit(current) || (current == '.' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1])))
        {
            return Number();
        }

        return current == '`' ? Quoted() : Symbol();
    }

    private void SkipSpace()
    {
        while (_at < source.Length)
        {
            if (source[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (source[_at] == '/' && _at + 1 < source.Length && source[_at + 1] == '/')
            {
                var end = source.IndexOf('\n', _at);
                _at = end < 0 ? source.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private Token Quoted()
    {
        var start = _at;
        var end = source.IndexOf('`', start + 1);
        var name = end < 0 ? "" : source[(start + 1)..end];
        if (name.Length == 0 || !name.All(static one => char.IsAsciiLetterOrDigit(one) || one is '_' or '.' or '-' or '/' or ' '))
        {
            throw Unknown(start);
        }

        _at = end + 1;
        return new Token(TokenKind.QuotedIdentifier, name, null, start);
    }

    private Token Symbol()
    {
        var start = _at;
        foreach (var pair in Pairs)
        {
            if (string.CompareOrdinal(source, _at, pair, 0, 2) == 0)
            {
                _at += 2;
                return new Token(TokenKind.Symbol, pair, null, start);
            }
        }

        if (!"+-*/%!<>?:.,()[]{}".Contains(source[_at], StringComparison.Ordinal))
        {
            throw Unknown(start);
        }

        _at++;
        return new Token(TokenKind.Symbol, source[start].ToString(), null, start);
    }

    private Token Number()
    {
        var start = _at;
        if (source[_at] == '0' && _at + 1 < source.Length && source[_at + 1] is 'x' or 'X')
        {
            _at += 2;
            Skip(char.IsAsciiHexDigit);
            return Whole(start, source.AsSpan(start + 2, _at - start - 2), NumberStyles.AllowHexSpecifier);
        }

        Skip(char.IsAsciiDigit);
        var isDouble = false;
        if (_at + 1 < source.Length && source[_at] == '.' && char.IsAsciiDigit(source[_at + 1]))
        {
            isDouble = true;
            _at++;
            Skip(char.IsAsciiDigit);
        }

        isDouble |= Exponent();
        if (!isDouble)
        {
            return Whole(start, source.AsSpan(start, _at - start), NumberStyles.None);
        }

        return new Token(TokenKind.Double, source[start.._at], double.Parse(source.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture), start);
    }

    private bool Exponent()
    {
        if (_at >= source.Length || source[_at] is not ('e' or 'E'))
        {
            return false;
        }

        var digits = _at + 1 < source.Length && source[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
        if (digits >= source.Length || !char.IsAsciiDigit(source[digits]))
        {
            return false;
        }

        _at = digits;
        Skip(char.IsAsciiDigit);
        return true;
    }

    private Token Whole(int start, ReadOnlySpan<char> digits, NumberStyles style)
    {
        var unsigned = _at < source.Length && source[_at] is 'u' or 'U';
        if (!ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var value))
        {
            throw new CelSyntaxException(start, unsigned ? "invalid uint literal" : "invalid int literal");
        }

        if (unsigned)
        {
            _at++;
        }

        return new Token(unsigned ? TokenKind.Unsigned : TokenKind.Integer, source[start.._at], value, start);
    }

    private void Skip(Func<char, bool> fits)
    {
        while (_at < source.Length && fits(source[_at]))
        {
            _at++;
        }
    }

    private CelSyntaxException Unknown(int at) => new(at, $"Syntax error: token recognition error at: '{source[at]}'");
}

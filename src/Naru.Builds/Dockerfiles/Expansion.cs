using System.Text;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>
/// Puts variables into a word as a Dockerfile's instructions do: quotes are removed, <c>$x</c>, <c>${x}</c> and its modifiers
/// <c>:- - :+ + :? ? # ## % %% / //</c> are replaced.
/// </summary>
internal sealed class Expansion
{
    private readonly string _text;
    private readonly char _escape;
    private readonly Func<string, string?> _lookup;
    private readonly bool _keepQuotes;
    private readonly List<string> _words = [];
    private StringBuilder _word = new();
    private bool _inWord;
    private int _position;

    private Expansion(string text, char escape, Func<string, string?> lookup, bool keepQuotes)
    {
        (_text, _escape, _lookup, _keepQuotes) = (text, escape, lookup, keepQuotes);
    }

    /// <summary>One word.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: the text breaks the grammar.</exception>
    public static string Word(string text, char escape, Func<string, string?> lookup) => Run(text, escape, lookup, false).Result;

    /// <summary>A text whose quotes stay (heredocs).</summary>
    public static string Text(string text, char escape, Func<string, string?> lookup) => Run(text, escape, lookup, true).Result;

    /// <summary>All words: what a variable outside quotes brings is split at white space.</summary>
    public static List<string> Split(string text, char escape, Func<string, string?> lookup) => Run(text, escape, lookup, false).Words;

    private static (string Result, List<string> Words) Run(string text, char escape, Func<string, string?> lookup, bool keepQuotes)
    {
        var expansion = new Expansion(text, escape, lookup, keepQuotes);
        try
        {
            var result = expansion.Until('\0', raw: false);
            expansion.EndWord();
            return (result, expansion._words);
        }
        catch (NaruException problem)
        {
            throw NaruException.Invalid($"failed to process \"{text}\": {problem.Message}");
        }
    }

    private string Until(char stop, bool raw)
    {
        var result = new StringBuilder();
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (c == stop && stop != '\0')
            {
                _position++;
                return result.ToString();
            }

            switch (c)
            {
                case '\'' when !_keepQuotes:
                    Raw(result, SingleQuoted());
                    break;
                case '"' when !_keepQuotes:
                    Raw(result, DoubleQuoted());
                    break;
                case '$':
                    Split(result, Dollar());
                    break;
                default:
                    Plain(result, raw);
                    break;
            }
        }

        return stop == '\0' ? result.ToString()
            : throw NaruException.Invalid($"unexpected end of statement while looking for matching {stop}");
    }

    private void Plain(StringBuilder result, bool raw)
    {
        var c = _text[_position++];
        if (c != _escape)
        {
            result.Append(c);
            AddPlain(c);
            return;
        }

        if (raw || (_keepQuotes && (_position == _text.Length || (_text[_position] != '$' && _text[_position] != _escape))))
        {
            result.Append(c);
            AddRaw(c);
        }

        if (_position < _text.Length)
        {
            c = _text[_position++];
            result.Append(c);
            AddRaw(c);
        }
    }

    private string SingleQuoted()
    {
        var end = _text.IndexOf('\'', _position + 1);
        if (end < 0)
        {
            throw NaruException.Invalid("unexpected end of statement while looking for matching single-quote");
        }

        var inside = _text[(_position + 1)..end];
        _position = end + 1;
        return inside;
    }

    private string DoubleQuoted()
    {
        var result = new StringBuilder();
        _position++;
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (c == '"')
            {
                _position++;
                return result.ToString();
            }

            if (c == '$')
            {
                result.Append(Dollar());
                continue;
            }

            _position++;
            if (c == _escape)
            {
                if (_position == _text.Length)
                {
                    break;
                }

                var next = _text[_position++];
                result.Append(next is '"' or '$' || next == _escape ? "" : c.ToString()).Append(next);
                continue;
            }

            result.Append(c);
        }

        throw NaruException.Invalid("unexpected end of statement while looking for matching double-quote");
    }

    private string Dollar()
    {
        _position++;
        if (_position == _text.Length || _text[_position] != '{')
        {
            var bare = Name();
            return bare.Length == 0 ? "$" : _lookup(bare) ?? "";
        }

        _position++;
        if (_position == _text.Length)
        {
            throw NaruException.Invalid("syntax error: missing '}'");
        }

        var name = Name();
        if (name.Length == 0)
        {
            throw NaruException.Invalid("syntax error: bad substitution");
        }

        if (_position == _text.Length)
        {
            throw NaruException.Invalid("syntax error: missing '}'");
        }

        var c = _text[_position++];
        return c == '}' ? _lookup(name) ?? "" : Modified(name, c);
    }

    private string Modified(string name, char modifier)
    {
        var value = _lookup(name);
        switch (modifier)
        {
            case '+' or '-' or '?':
                return Default(name, value, modifier, value is not null, "is not allowed to be unset");
            case ':' when _position < _text.Length && _text[_position] is '+' or '-' or '?':
                return Default(name, value, _text[_position++], !string.IsNullOrEmpty(value), "is not allowed to be empty");
            case '#' or '%':
                var greedy = _position < _text.Length && _text[_position] == modifier;
                _position += greedy ? 1 : 0;
                var pattern = Aside(() => Until('}', raw: true));
                return value is null ? "" : modifier == '#' ? ShellPattern.TrimPrefix(value, pattern, greedy) : ShellPattern.TrimSuffix(value, pattern, greedy);
            case '/':
                var all = _position < _text.Length && _text[_position] == '/';
                _position += all ? 1 : 0;
                var from = Aside(() => Until('/', raw: true));
                var to = Aside(() => Until('}', raw: false));
                return value is null ? "" : ShellPattern.Replace(value, from, to, all);
            default:
                var shown = modifier == ':' && _position < _text.Length ? $":{_text[_position]}" : modifier.ToString();
                throw NaruException.Invalid($"unsupported modifier ({shown}) in substitution");
        }
    }

    private string Default(string name, string? value, char modifier, bool usable, string complaint)
    {
        var word = Aside(() => Until('}', raw: false));
        return modifier switch
        {
            '+' => usable ? word : "",
            '-' => usable ? value! : word,
            _ => usable ? value! : throw NaruException.Invalid($"{name}: {(word.Length == 0 ? complaint : word)}"),
        };
    }

    /// <summary>Text within braces does not make words of its own.</summary>
    private string Aside(Func<string> inner)
    {
        var (word, inWord, count) = (_word, _inWord, _words.Count);
        _word = new StringBuilder();
        var result = inner();
        _words.RemoveRange(count, _words.Count - count);
        (_word, _inWord) = (word, inWord);
        return result;
    }

    private string Name()
    {
        var start = _position;
        if (start == _text.Length)
        {
            return "";
        }

        var first = _text[start];
        if (char.IsAsciiDigit(first))
        {
            while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            {
                _position++;
            }
        }
        else if (first is '@' or '*' or '#' or '!' or '?' or '-' or '$')
        {
            _position++;
        }
        else
        {
            while (_position < _text.Length && (char.IsAsciiLetterOrDigit(_text[_position]) || _text[_position] == '_'))
            {
                _position++;
            }
        }

        return _text[start.._position];
    }

    private void Raw(StringBuilder result, string text)
    {
        result.Append(text);
        _word.Append(text);
        _inWord = true;
    }

    private void Split(StringBuilder result, string text)
    {
        result.Append(text);
        foreach (var c in text)
        {
            AddPlain(c);
        }
    }

    private void AddPlain(char c)
    {
        if (char.IsWhiteSpace(c))
        {
            EndWord();
        }
        else
        {
            AddRaw(c);
        }
    }

    private void AddRaw(char c)
    {
        _word.Append(c);
        _inWord = true;
    }

    private void EndWord()
    {
        if (_inWord)
        {
            _words.Add(_word.ToString());
        }

        _word.Clear();
        _inWord = false;
    }
}

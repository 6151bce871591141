using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Objects.Selectors;

/// <summary>Reads the text form of a label selector, with the error words of Kubernetes.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Operators = "in, notin, =, ==, !=, gt, lt";

    private int _place;
    private Token _next;

    private enum Sort
    {
        End,
        Word,
        Open,
        Close,
        Comma,
        Bang,
        Equal,
        NotEqual,
        Greater,
        Less,
        Odd,
    }

    public ImmutableArray<LabelRequirement> Parse()
    {
        var terms = ImmutableArray.CreateBuilder<LabelRequirement>();
        Advance();
        while (_next.Sort != Sort.End)
        {
            if (_next.Sort is not (Sort.Word or Sort.Bang))
            {
                throw Failure($"found '{_next.Text}', expected: !, identifier, or 'end of string'");
            }

            terms.Add(ReadTerm());
            if (_next.Sort == Sort.End)
            {
                break;
            }

            if (_next.Sort != Sort.Comma)
            {
                throw Failure($"found '{_next.Text}', expected: ',' or 'end of string'");
            }

            Advance();
            if (_next.Sort is not (Sort.Word or Sort.Bang))
            {
                throw Failure($"found '{_next.Text}', expected: identifier after ','");
            }
        }

        return terms.ToImmutable();
    }

    private LabelRequirement ReadTerm()
    {
        try
        {
            var absent = _next.Sort == Sort.Bang;
            if (absent)
            {
                Advance();
            }

            var key = Take();
            if (key.Sort != Sort.Word)
            {
                throw Failure($"found '{key.Text}', expected: identifier");
            }

            if (_next.Sort is Sort.End or Sort.Comma)
            {
                return new(key.Text, absent ? LabelOperator.DoesNotExist : LabelOperator.Exists, []);
            }

            return absent ? new(key.Text, LabelOperator.DoesNotExist, []) : ReadComparison(key.Text);
        }
        catch (NaruException failure)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"unable to parse requirement: {failure.Message}", failure);
        }
    }

    private LabelRequirement ReadComparison(string key)
    {
        var mark = Take();
        return mark switch
        {
            { Sort: Sort.Word, Text: "in" } => new(key, LabelOperator.In, ReadSet()),
            { Sort: Sort.Word, Text: "notin" } => new(key, LabelOperator.NotIn, ReadSet()),
            { Sort: Sort.Equal } => new(key, LabelOperator.In, [ReadValue()]),
            { Sort: Sort.NotEqual } => new(key, LabelOperator.NotIn, [ReadValue()]),
            { Sort: Sort.Greater } => new(key, LabelOperator.GreaterThan, [ReadValue()]),
            { Sort: Sort.Less } => new(key, LabelOperator.LessThan, [ReadValue()]),
            _ => throw Failure($"found '{mark.Text}', expected: {Operators}"),
        };
    }

    private string ReadValue()
    {
        if (_next.Sort is Sort.End or Sort.Comma)
        {
            return "";
        }

        var value = Take();
        return value.Sort == Sort.Word ? value.Text : throw Failure($"found '{value.Text}', expected: identifier");
    }

    private ImmutableArray<string> ReadSet()
    {
        var open = Take();
        if (open.Sort != Sort.Open)
        {
            throw Failure($"found '{open.Text}' expected: '('");
        }

        var values = ImmutableArray.CreateBuilder<string>();
        while (true)
        {
            values.Add(_next.Sort is Sort.Comma or Sort.Close ? "" : ReadValue());
            var mark = Take();
            switch (mark.Sort)
            {
                case Sort.Close:
                    return [.. values.Distinct()];
                case Sort.Comma:
                    continue;
                default:
                    throw Failure($"found '{mark.Text}', expected: ',' or ')'");
            }
        }
    }

    private Token Take()
    {
        var token = _next;
        Advance();
        return token;
    }

    private void Advance()
    {
        while (_place < text.Length && text[_place] is ' ' or '\t' or '\r' or '\n')
        {
            _place++;
        }

        if (_place == text.Length)
        {
            _next = new(Sort.End, "");
            return;
        }

        var start = _place;
        while (_place < text.Length && !IsMark(text[_place]))
        {
            _place++;
        }

        _next = _place > start ? new(Sort.Word, text[start.._place]) : ReadMark();
    }

    private Token ReadMark()
    {
        var mark = text[_place++];
        var doubled = _place < text.Length && text[_place] == '=';
        switch (mark)
        {
            case '(':
                return new(Sort.Open, "(");
            case ')':
                return new(Sort.Close, ")");
            case ',':
                return new(Sort.Comma, ",");
            case '>':
                return new(Sort.Greater, ">");
            case '<':
                return new(Sort.Less, "<");
            case '=':
                _place += doubled ? 1 : 0;
                return new(Sort.Equal, doubled ? "==" : "=");
            case '!' when doubled:
                _place++;
                return new(Sort.NotEqual, "!=");
            case '!':
                return new(Sort.Bang, "!");
            default:
                return new(Sort.Odd, mark.ToString());
        }
    }

    private static bool IsMark(char letter) => letter is '=' or '!' or '(' or ')' or ',' or '>' or '<' or ' ' or '\t' or '\r' or '\n';

    private static NaruException Failure(string message) => NaruException.Invalid(message);

    private readonly record struct Token(Sort Sort, string Text);
}

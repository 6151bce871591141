namespace Naru.Cel.Syntax;

/// <summary>Reads an expression of the Common Expression Language. Depth and length are bounded, for the tree is walked by recursion.</summary>
internal sealed partial class Parser
{
    /// <summary>Longest expression in characters.</summary>
    public const int MaxLength = 100_000;

    private const int MaxDepth = 250;

    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    private static readonly Dictionary<string, int> Levels = new()
    {
        ["<"] = 0, ["<="] = 0, [">"] = 0, [">="] = 0, ["=="] = 0, ["!="] = 0, ["in"] = 0, ["+"] = 1, ["-"] = 1, ["*"] = 2, ["/"] = 2, ["%"] = 2,
    };

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private Parser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    /// <summary>The tree of an expression.</summary>
    /// <exception cref="CelSyntaxException">It cannot be read.</exception>
    public static Expression Parse(string source)
    {
        if (source.Length > MaxLength)
        {
            throw new CelSyntaxException(0, $"expression code point size exceeds limit: size: {source.Length}, limit {MaxLength}");
        }

        var parser = new Parser(Lexer.Read(source));
        var expression = parser.Expression();
        if (parser.Current.Kind != TokenKind.End)
        {
            throw parser.Unexpected("<EOF>");
        }

        return expression;
    }

    private Expression Expression()
    {
        Enter();
        var condition = Joined(false);
        if (!Current.Is("?"))
        {
            _depth--;
            return condition;
        }

        var position = Take().Position;
        var yes = Joined(false);
        Expect(":");
        var no = Expression();
        _depth--;
        return new Call(position, "_?_:_", null, [condition, yes, no]);
    }

    private Expression Joined(bool all)
    {
        var first = all ? Operators(0) : Joined(true);
        var symbol = all ? "&&" : "||";
        if (!Current.Is(symbol))
        {
            return first;
        }

        var position = Current.Position;
        var terms = new List<Expression> { first };
        while (Current.Is(symbol))
        {
            Take();
            terms.Add(all ? Operators(0) : Joined(true));
        }

        return new Junction(position, all, terms);
    }

    private Expression Operators(int level)
    {
        if (level > 2)
        {
            return Unary();
        }

        var left = Operators(level + 1);
        var length = 0;
        while ((Current.Kind == TokenKind.Symbol || Current.IsWord("in")) && Levels.TryGetValue(Current.Text, out var own) && own == level)
        {
            var symbol = Take();
            if (++length > MaxDepth)
            {
                throw TooDeep(symbol.Position);
            }

            left = new Call(symbol.Position, symbol.Text == "in" ? "@in" : $"_{symbol.Text}_", null, [left, Operators(level + 1)]);
        }

        return left;
    }

    private Expression Unary()
    {
        var first = Current;
        if (!first.Is("!") && !first.Is("-"))
        {
            return Member();
        }

        var count = 0;
        while (Current.Is(first.Text))
        {
            Take();
            count++;
        }

        if (first.Is("-") && Current.Kind is TokenKind.Integer or TokenKind.Double)
        {
            return NegativeNumber(first, count);
        }

        Enter();
        var operand = Member();
        _depth--;
        return count % 2 == 0 ? operand : new Call(first.Position, first.Is("!") ? "!_" : "-_", null, [operand]);
    }

    private Expression NegativeNumber(Token sign, int count)
    {
        var odd = count % 2 == 1;
        var number = Take();
        object value = number.Value switch
        {
            double real => (object)(odd ? -real : real),
            ulong whole when odd && whole == 1UL << 63 => (object)long.MinValue,
            ulong whole when whole <= long.MaxValue => odd ? -(long)whole : (long)whole,
            _ => throw new CelSyntaxException(number.Position, "invalid int literal"),
        };
        return Members(new Literal(sign.Position, value));
    }

    private Expression Member() => Members(Primary());

    private Expression Members(Expression operand)
    {
        for (var length = 0; ; length++)
        {
            if (length > MaxDepth)
            {
                throw TooDeep(Current.Position);
            }

            if (Current.Is("."))
            {
                operand = Field(operand);
            }
            else if (Current.Is("["))
            {
                operand = Index(operand);
            }
            else if (Current.Is("{") && TypeName(operand) is { } name)
            {
                operand = Fields(Current.Position, name);
            }
            else
            {
                return operand;
            }
        }
    }

    private Expression Field(Expression operand)
    {
        var position = Take().Position;
        var optional = Current.Is("?");
        if (optional)
        {
            Take();
        }

        var name = Take();
        if (name.Kind is not (TokenKind.Identifier or TokenKind.QuotedIdentifier) || name.Text is "true" or "false" or "null" or "in")
        {
            throw Unexpected("IDENTIFIER", name);
        }

        if (optional || !Current.Is("(") || name.Kind == TokenKind.QuotedIdentifier)
        {
            return new Selection(position, operand, name.Text, false, optional);
        }

        var open = Take().Position;
        var arguments = Arguments(")");
        return Macros.Expand(open, name.Text, operand, arguments) ?? new Call(open, name.Text, operand, [.. arguments]);
    }

    private Call Index(Expression operand)
    {
        var position = Take().Position;
        var optional = Current.Is("?");
        if (optional)
        {
            Take();
        }

        var index = Expression();
        Expect("]");
        return new Call(position, optional ? "_[?_]" : "_[_]", null, [operand, index]);
    }

    private static string? TypeName(Expression operand) => operand switch
    {
        Identifier identifier => identifier.Name,
        Selection { IsTest: false, IsOptional: false } selection when TypeName(selection.Operand) is { } outer => $"{outer}.{selection.Field}",
        _ => null,
    };

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw TooDeep(Current.Position);
        }
    }

    private static CelSyntaxException TooDeep(int position) => new(position, $"expression recursion limit exceeded: {MaxDepth}");

    private Token Take() => _tokens[_at == _tokens.Count - 1 ? _at : _at++];

    private void Expect(string symbol)
    {
        if (!Current.Is(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }

        Take();
    }

    private CelSyntaxException Unexpected(string expected, Token? token = null)
    {
        var found = token ?? Current;
        return new CelSyntaxException(found.Position, $"Syntax error: mismatched input '{found.Text}' expecting {expected}");
    }
}

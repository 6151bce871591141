using Naru.Cel.Runtime;

namespace Naru.Cel.Syntax;

/// <summary>What expressions are made of: names, calls, constants, lists, maps and objects.</summary>
internal sealed partial class Parser
{
    private Expression Primary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return token.Value is ulong whole and <= long.MaxValue ? new Literal(token.Position, (long)whole) : throw new CelSyntaxException(token.Position, "invalid int literal");
            case TokenKind.Unsigned or TokenKind.Double or TokenKind.Text or TokenKind.Bytes:
                return new Literal(token.Position, token.Value!);
            case TokenKind.Identifier:
                return Name(token, "");
            case TokenKind.Symbol when token.Text == "." && Current.Kind == TokenKind.Identifier:
                return Name(Take(), ".");
            case TokenKind.Symbol when token.Text == "(":
                var inner = Expression();
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "[":
                return List(token.Position);
            case TokenKind.Symbol when token.Text == "{":
                return new MapLiteral(token.Position, Entries(Expression));
            default:
                throw Unexpected("an expression", token);
        }
    }

    private Expression Name(Token token, string prefix)
    {
        switch (token.Text)
        {
            case "true" or "false":
                return new Literal(token.Position, token.Text == "true");
            case "null":
                return new Literal(token.Position, CelNull.Instance);
        }

        if (Reserved.Contains(token.Text))
        {
            throw new CelSyntaxException(token.Position, token.Text == "in" ? "Syntax error: mismatched input 'in' expecting an expression" : $"reserved identifier: {token.Text}");
        }

        if (!Current.Is("("))
        {
            return new Identifier(token.Position, prefix + token.Text);
        }

        var open = Take().Position;
        var arguments = Arguments(")");
        return Macros.Expand(open, token.Text, null, arguments) ?? new Call(open, token.Text, null, [.. arguments]);
    }

    private List<Expression> Arguments(string end)
    {
        var arguments = new List<Expression>();
        while (!Current.Is(end))
        {
            arguments.Add(Expression());
            if (!Current.Is(end))
            {
                Expect(",");
                if (Current.Is(end) && end == ")")
                {
                    throw Unexpected("an expression");
                }
            }
        }

        Take();
        return arguments;
    }

    private ListLiteral List(int position)
    {
        var (items, optional) = (new List<Expression>(), new HashSet<int>());
        while (!Current.Is("]"))
        {
            if (Current.Is("?"))
            {
                Take();
                optional.Add(items.Count);
            }

            items.Add(Expression());
            if (!Current.Is("]"))
            {
                Expect(",");
            }
        }

        Take();
        return new ListLiteral(position, items, optional);
    }

    private ObjectLiteral Fields(int position, string name)
    {
        Take();
        return new ObjectLiteral(position, name.TrimStart('.'), Entries(FieldName));
    }

    private Literal FieldName()
    {
        var token = Take();
        return token.Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier ? new Literal(token.Position, token.Text) : throw Unexpected("IDENTIFIER", token);
    }

    private List<LiteralEntry> Entries(Func<Expression> key)
    {
        var entries = new List<LiteralEntry>();
        while (!Current.Is("}"))
        {
            var optional = Current.Is("?");
            if (optional)
            {
                Take();
            }

            var name = key();
            Expect(":");
            entries.Add(new LiteralEntry(name, Expression(), optional));
            if (!Current.Is("}"))
            {
                Expect(",");
            }
        }

        Take();
        return entries;
    }
}

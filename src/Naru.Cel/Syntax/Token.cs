namespace Naru.Cel.Syntax;

/// <summary>Kinds of token.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    Integer,
    Unsigned,
    Double,
    Text,
    Bytes,
    Symbol,
}

/// <summary>One word of an expression. Numbers carry their value: whole ones their magnitude as <see cref="ulong"/>.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, object? Value, int Position)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Identifier && Text == word;
}

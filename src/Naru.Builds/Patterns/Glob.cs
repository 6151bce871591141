namespace Naru.Builds.Patterns;

/// <summary>
/// One pattern over slash-separated paths: <c>*</c> and <c>?</c> stop at slashes, <c>[a-z]</c> is a class, a backslash takes the next
/// character as it is, and <c>**</c> (where allowed) crosses slashes. The time it takes is bounded by pattern times path.
/// </summary>
internal sealed class Glob
{
    private readonly List<Token> _tokens = [];

    private Glob(bool plain) => IsPlain = plain;

    private enum Kind
    {
        Literal,
        AnyOne,
        AnyRun,
        AnyDeep,
        AnyDirectories,
        Class,
    }

    /// <summary>No special character: it matches one path only.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Null: a class or an escape is not closed.</summary>
    public static Glob? TryParse(string pattern, bool deep)
    {
        var glob = new Glob(plain: true);
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '*' when deep && i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                    {
                        i++;
                        glob.Add(new(Kind.AnyDirectories));
                    }
                    else
                    {
                        glob.Add(new(Kind.AnyDeep));
                    }

                    break;
                case '*':
                    glob.Add(new(Kind.AnyRun));
                    break;
                case '?':
                    glob.Add(new(Kind.AnyOne));
                    break;
                case '[':
                    if (ReadClass(pattern, ref i) is not { } token)
                    {
                        return null;
                    }

                    glob.Add(token);
                    break;
                case '\\':
                    if (++i == pattern.Length)
                    {
                        return null;
                    }

                    glob._tokens.Add(new(Kind.Literal, pattern[i]));
                    glob.IsPlain = false;
                    break;
                default:
                    glob._tokens.Add(new(Kind.Literal, c));
                    break;
            }
        }

        return glob;
    }

    public static bool HasWildcards(string pattern) => pattern.AsSpan().ContainsAny('*', '?', '[');

    public bool Matches(ReadOnlySpan<char> path)
    {
        // Row i: which prefixes of the path the first i tokens can match.
        var row = new bool[path.Length + 1];
        row[0] = true;
        foreach (var token in _tokens)
        {
            row = Advance(row, token, path);
        }

        return row[^1];
    }

    private static bool[] Advance(bool[] row, Token token, ReadOnlySpan<char> path)
    {
        var next = new bool[row.Length];
        var reach = false;
        for (var j = 0; j < row.Length; j++)
        {
            switch (token.Kind)
            {
                case Kind.AnyRun:
                    reach = row[j] || (reach && path[j - 1] != '/');
                    next[j] = reach;
                    break;
                case Kind.AnyDeep:
                    reach |= row[j];
                    next[j] = reach;
                    break;
                case Kind.AnyDirectories:
                    next[j] = row[j] || (reach && path[j - 1] == '/');
                    reach |= row[j];
                    break;
                default:
                    next[j] = j > 0 && row[j - 1] && token.Takes(path[j - 1]);
                    break;
            }
        }

        return next;
    }

    private void Add(Token token)
    {
        _tokens.Add(token);
        IsPlain = false;
    }

    private static Token? ReadClass(string pattern, ref int i)
    {
        var position = i + 1;
        var negated = position < pattern.Length && pattern[position] == '^';
        position += negated ? 1 : 0;
        var ranges = new List<(char Low, char High)>();
        while (position < pattern.Length && (pattern[position] != ']' || ranges.Count == 0))
        {
            if (ReadClassCharacter(pattern, ref position) is not { } low)
            {
                return null;
            }

            var high = low;
            if (position + 1 < pattern.Length && pattern[position] == '-' && pattern[position + 1] != ']')
            {
                position++;
                if (ReadClassCharacter(pattern, ref position) is not { } end)
                {
                    return null;
                }

                high = end;
            }

            ranges.Add((low, high));
        }

        if (position >= pattern.Length || ranges.Count == 0)
        {
            return null;
        }

        i = position;
        return new Token(Kind.Class, Ranges: ranges, Negated: negated);
    }

    private static char? ReadClassCharacter(string pattern, ref int position)
    {
        if (pattern[position] == '\\')
        {
            position++;
        }

        return position < pattern.Length ? pattern[position++] : null;
    }

    private sealed record Token(Kind Kind, char Character = '\0', List<(char Low, char High)>? Ranges = null, bool Negated = false)
    {
        public bool Takes(char c) => Kind switch
        {
            Kind.Literal => c == Character,
            Kind.AnyOne => c != '/',
            _ => c != '/' && Ranges!.Any(r => c >= r.Low && c <= r.High) != Negated,
        };
    }
}

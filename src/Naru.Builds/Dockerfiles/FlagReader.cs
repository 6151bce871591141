using System.Collections.Immutable;
using System.Text;

namespace Naru.Builds.Dockerfiles;

/// <summary>Takes the <c>--name=value</c> words from the front of an instruction. Quotes group, a backslash takes the next character as it is.</summary>
internal static class FlagReader
{
    public static (ImmutableArray<string> Flags, string Tail) Split(string line)
    {
        var flags = ImmutableArray.CreateBuilder<string>();
        var position = 0;
        while (true)
        {
            while (position < line.Length && char.IsWhiteSpace(line[position]))
            {
                position++;
            }

            if (!line.AsSpan(position).StartsWith("--"))
            {
                return (flags.ToImmutable(), line[position..]);
            }

            var (word, end) = ReadWord(line, position);
            position = end;
            if (word == "--")
            {
                return (flags.ToImmutable(), line[position..]);
            }

            flags.Add(word);
        }
    }

    private static (string Word, int End) ReadWord(string line, int position)
    {
        var word = new StringBuilder();
        var quote = '\0';
        for (; position < line.Length; position++)
        {
            var c = line[position];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                break;
            }

            if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (c == '\\' && position + 1 < line.Length)
            {
                word.Append(line[++position]);
            }
            else
            {
                word.Append(c);
            }
        }

        return (word.ToString(), position);
    }
}

using System.Text;

namespace Naru.Builds.Dockerfiles;

/// <summary>Splits at white space outside quotes; quotes and escapes stay in the words.</summary>
internal static class Words
{
    public static List<string> Split(string rest, char escape)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, blankAllowed) = ('\0', false);
        for (var i = 0; i < rest.Length; i++)
        {
            var c = rest[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Flush(words, word, ref blankAllowed);
                continue;
            }

            if (c == escape && quote != '\'')
            {
                if (i + 1 == rest.Length)
                {
                    break;
                }

                word.Append(c).Append(rest[++i]);
                continue;
            }

            if (quote == '\0' && c is '\'' or '"')
            {
                (quote, blankAllowed) = (c, true);
            }
            else if (c == quote)
            {
                quote = '\0';
            }

            word.Append(c);
        }

        Flush(words, word, ref blankAllowed);
        return words;
    }

    private static void Flush(List<string> words, StringBuilder word, ref bool blankAllowed)
    {
        if (word.Length > 0 || blankAllowed)
        {
            words.Add(word.ToString());
        }

        word.Clear();
        blankAllowed = false;
    }
}

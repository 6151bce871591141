using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Naru.Builds.Dockerfiles;

/// <summary>Finds <c>&lt;&lt;EOF</c>, <c>&lt;&lt;-EOF</c>, <c>&lt;&lt;"EOF"</c> and <c>3&lt;&lt;EOF</c> among the words of an instruction.</summary>
internal static partial class HeredocReader
{
    public static ImmutableArray<Heredoc> Find(string rest, char escape)
    {
        var found = ImmutableArray.CreateBuilder<Heredoc>();
        foreach (var word in Words.Split(rest, escape))
        {
            if (Parse(word) is { } heredoc)
            {
                found.Add(heredoc);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The heredoc that a whole word stands for; null: another word.</summary>
    public static Heredoc? Parse(string word)
    {
        var match = Form().Match(word);
        if (!match.Success)
        {
            return null;
        }

        var raw = match.Groups["word"].Value;
        var name = Unquote(raw);
        if (name.Length == 0 || raw.StartsWith('<'))
        {
            return null;
        }

        return new Heredoc(
            name,
            Expand: name == raw,
            Chomp: match.Groups["chomp"].Length > 0,
            uint.TryParse(match.Groups["fd"].Value, out var descriptor) ? descriptor : 0,
            "");
    }

    private static string Unquote(string word)
    {
        var text = new StringBuilder(word.Length);
        var quote = '\0';
        for (var i = 0; i < word.Length; i++)
        {
            var c = word[i];
            if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (c == '\\' && quote != '\'' && i + 1 < word.Length)
            {
                text.Append(word[++i]);
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^(?<fd>\d*)<<(?<chomp>-?)(?<word>[^<]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

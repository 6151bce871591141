using System.Text;

namespace Naru.Agent.Containers;

/// <summary><c>$(NAME)</c> in commands, arguments and values; <c>$$</c> stands for <c>$</c>; what is not known stays as it is.</summary>
internal static class Expansion
{
    public static string Expand(string text, Func<string, string?> lookUp)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length)
            {
                result.Append(text[at]);
            }
            else if (text[at + 1] == '$')
            {
                result.Append('$');
                at++;
            }
            else if (text[at + 1] == '(' && text.IndexOf(')', at + 2) is var end and >= 0)
            {
                var name = text[(at + 2)..end];
                result.Append(lookUp(name) ?? $"$({name})");
                at = end;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}

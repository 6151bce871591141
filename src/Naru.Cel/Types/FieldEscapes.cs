using System.Text;

namespace Naru.Cel.Types;

/// <summary>Names of fields that are no identifiers, as expressions write them: <c>x__dash__y</c>, <c>__namespace__</c>.</summary>
internal static class FieldEscapes
{
    private static readonly HashSet<string> Words =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ];

    /// <summary>The name in expressions; null if it cannot be written.</summary>
    public static string? Escape(string name)
    {
        if (Words.Contains(name))
        {
            return $"__{name}__";
        }

        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            return null;
        }

        var text = new StringBuilder();
        for (var index = 0; index < name.Length; index++)
        {
            switch (name[index])
            {
                case '_' when index + 1 < name.Length && name[index + 1] == '_':
                    text.Append("__underscores__");
                    index++;
                    break;
                case '.':
                    text.Append("__dot__");
                    break;
                case '-':
                    text.Append("__dash__");
                    break;
                case '/':
                    text.Append("__slash__");
                    break;
                case var one when char.IsAsciiLetterOrDigit(one) || one == '_':
                    text.Append(one);
                    break;
                default:
                    return null;
            }
        }

        return text.ToString();
    }

    /// <summary>The name that an expression means.</summary>
    public static string Unescape(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal))
        {
            return name;
        }

        if (name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && Words.Contains(name[2..^2]))
        {
            return name[2..^2];
        }

        return name.Replace("__dot__", ".", StringComparison.Ordinal).Replace("__dash__", "-", StringComparison.Ordinal)
            .Replace("__slash__", "/", StringComparison.Ordinal).Replace("__underscores__", "__", StringComparison.Ordinal);
    }
}

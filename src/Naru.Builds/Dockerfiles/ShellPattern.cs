using System.Text;
using System.Text.RegularExpressions;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>The patterns of <c>${x#p}</c>, <c>${x%p}</c> and <c>${x/p/r}</c>: <c>*</c>, <c>?</c> and a backslash before a plain character.</summary>
internal static class ShellPattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static string TrimPrefix(string value, string pattern, bool greedy)
    {
        var match = Build("^" + Translate(pattern, greedy)).Match(value);
        return match.Success ? value[match.Length..] : value;
    }

    public static string TrimSuffix(string value, string pattern, bool greedy)
    {
        // The longest suffix is the first start that fits, the shortest the last one.
        var whole = Build("^" + Translate(pattern, greedy: true) + "$");
        for (var i = 0; i <= value.Length; i++)
        {
            var start = greedy ? i : value.Length - i;
            if (whole.IsMatch(value[start..]))
            {
                return value[..start];
            }
        }

        return value;
    }

    public static string Replace(string value, string pattern, string replacement, bool all) =>
        Build(Translate(pattern, greedy: true)).Replace(value, _ => replacement, all ? -1 : 1);

    private static Regex Build(string expression) => new(expression, RegexOptions.CultureInvariant | RegexOptions.Singleline, Patience);

    private static string Translate(string pattern, bool greedy)
    {
        var expression = new StringBuilder(pattern.Length * 2);
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    expression.Append(greedy ? ".*" : ".*?");
                    break;
                case '?':
                    expression.Append('.');
                    break;
                case '\\':
                    if (++i == pattern.Length)
                    {
                        throw NaruException.Invalid("invalid escape character at the end of the pattern");
                    }

                    expression.Append(Regex.Escape(pattern[i].ToString()));
                    break;
                default:
                    expression.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return expression.ToString();
    }
}

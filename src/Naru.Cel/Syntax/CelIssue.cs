namespace Naru.Cel.Syntax;

/// <summary>What is wrong with an expression, and where.</summary>
/// <param name="Position">Place in the text, counted in characters from 0.</param>
/// <param name="Message">What is wrong.</param>
public sealed record CelIssue(int Position, string Message)
{
    /// <summary>The issue as people see it, with the line and a mark below it.</summary>
    public string Show(string source)
    {
        var at = Math.Clamp(Position, 0, source.Length);
        var start = at == 0 ? 0 : source.LastIndexOf('\n', at - 1) + 1;
        var end = source.IndexOf('\n', at);
        var line = source[start..(end < 0 ? source.Length : end)].TrimEnd('\r');
        var number = source.AsSpan(0, start).Count('\n') + 1;
        var column = at - start;
        return $"ERROR: <input>:{number}:{column + 1}: {Message}\n | {line}\n | {new string('.', column)}^";
    }

    /// <summary>All issues of an expression.</summary>
    public static string Show(string source, IEnumerable<CelIssue> issues) => string.Join('\n', issues.Select(issue => issue.Show(source)));
}

using System.Text.RegularExpressions;

namespace Naru.Builds.Dockerfiles;

/// <summary>The lines <c># name=value</c> at the very top: escape, syntax, check.</summary>
internal sealed partial class Directives
{
    private bool _over;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public char Escape { get; private set; } = '\\';

    public string Syntax { get; private set; } = "";

    public string Check { get; private set; } = "";

    /// <summary>Takes a line while the top lasts.</summary>
    public void Read(string line, int number)
    {
        if (_over)
        {
            return;
        }

        var match = Form().Match(line);
        var name = match.Groups["name"].Value.ToLowerInvariant();
        if (!match.Success || name is not ("escape" or "syntax" or "check"))
        {
            _over = true;
            return;
        }

        if (!_seen.Add(name))
        {
            throw DockerfileErrors.At(number, $"only one {name} parser directive can be used");
        }

        var value = match.Groups["value"].Value;
        switch (name)
        {
            case "escape":
                Escape = value is "\\" or "`" ? value[0] : throw DockerfileErrors.At(number, $"invalid escape token '{value}' does not match ` or \\");
                break;
            case "syntax":
                Syntax = value;
                break;
            default:
                Check = value;
                break;
        }
    }

    [GeneratedRegex(@"^#\s*(?<name>[a-zA-Z][a-zA-Z0-9]*)\s*=\s*(?<value>.+?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}

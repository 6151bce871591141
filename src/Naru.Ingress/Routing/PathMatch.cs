using System.Text.RegularExpressions;

namespace Naru.Ingress.Routing;

/// <summary>What a route says about paths.</summary>
internal sealed class PathMatch
{
    private readonly Regex? _pattern;

    private PathMatch(PathKind kind, string text, Regex? pattern)
    {
        Kind = kind;
        Text = text;
        Elements = kind == PathKind.Prefix ? text.TrimEnd('/') : text;
        _pattern = pattern;
    }

    /// <summary>How paths are compared.</summary>
    public PathKind Kind { get; }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The text without the slash at its end, for prefixes.</summary>
    public string Elements { get; }

    public static PathMatch Exact(string text) => new(PathKind.Exact, text, null);

    public static PathMatch Prefix(string text) => new(PathKind.Prefix, text, null);

    /// <summary>A pattern from the start of the path on, as nginx reads it: letters' case does not matter, and the path may go on.</summary>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    public static PathMatch LooseRegex(string text) => new(PathKind.Regex, text, Compile($"^(?:{text})", RegexOptions.IgnoreCase));

    /// <summary>A pattern of the whole path.</summary>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    public static PathMatch WholeRegex(string text) => new(PathKind.Regex, text, Compile($"^(?:{text})$", RegexOptions.None));

    /// <summary>Whether it takes a path.</summary>
    public bool Takes(string path) => Kind switch
    {
        PathKind.Exact => path == Text,
        PathKind.Prefix => path.StartsWith(Elements, StringComparison.Ordinal) && (path.Length == Elements.Length || path[Elements.Length] == '/'),
        _ => _pattern!.IsMatch(path),
    };

    /// <summary>What follows the matched prefix: empty, or from a slash on.</summary>
    public string Rest(string path) => Kind == PathKind.Prefix && path.Length > Elements.Length ? path[Elements.Length..] : "";

    /// <summary>The path with what the pattern took replaced; the path itself where the pattern takes nothing.</summary>
    public string Replace(string path, string replacement) => _pattern is null ? replacement : _pattern.Match(path) is { Success: true } match ? match.Result(replacement) : path;

    /// <summary>A pattern that cannot run away.</summary>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    public static Regex Compile(string pattern, RegexOptions options)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException failure)
        {
            throw new ArgumentException(failure.Message, nameof(pattern), failure);
        }
    }
}

using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Builds.Patterns;

/// <summary>
/// The law of .dockerignore: patterns in order, the last one that matches a path or one of its parents decides, <c>!</c> takes it back in.
/// </summary>
internal sealed class IgnoreList
{
    private readonly List<(Glob Glob, bool Negated)> _patterns = [];

    private IgnoreList(ImmutableArray<string> lines) => Lines = lines;

    public static IgnoreList Empty { get; } = new([]);

    /// <summary>The patterns, cleaned.</summary>
    public ImmutableArray<string> Lines { get; }

    /// <summary>True when some pattern takes paths back in: a directory that is left out may then hold files that are not.</summary>
    public bool HasExceptions { get; private init; }

    /// <summary>Reads a .dockerignore file.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: a pattern is malformed.</exception>
    public static IgnoreList Read(string text)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            if (raw.StartsWith('#') || raw.Trim() is not { Length: > 0 } line)
            {
                continue;
            }

            var negated = line[0] == '!';
            var pattern = (negated ? line[1..] : line).Trim();
            if (pattern.Length > 0)
            {
                pattern = PathText.Clean(pattern);
                pattern = pattern.Length > 1 ? pattern.TrimStart('/') : pattern;
            }

            lines.Add(negated ? "!" + pattern : pattern);
        }

        return Of(lines.ToImmutable());
    }

    public static IgnoreList Of(ImmutableArray<string> lines)
    {
        var list = new IgnoreList(lines) { HasExceptions = lines.Any(l => l.StartsWith('!')) };
        foreach (var line in lines)
        {
            var negated = line.StartsWith('!');
            var pattern = negated ? line[1..] : line;
            if (pattern.Length == 0)
            {
                throw NaruException.Invalid("illegal exclusion pattern: \"!\"");
            }

            var glob = Glob.TryParse(PathText.Clean(pattern), deep: true)
                ?? throw NaruException.Invalid($"error checking excludes pattern \"{pattern}\": syntax error in pattern");
            list._patterns.Add((glob, negated));
        }

        return list;
    }

    /// <summary>True when the path (below the root, no slash in front) is left out.</summary>
    public bool Excludes(string path)
    {
        var matched = false;
        foreach (var (glob, negated) in _patterns)
        {
            // A pattern that would not change the answer need not be tried.
            if (negated == matched && MatchesPathOrParent(glob, path))
            {
                matched = !negated;
            }
        }

        return matched;
    }

    private static bool MatchesPathOrParent(Glob glob, string path)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (glob.Matches(path.AsSpan(0, end)))
            {
                return true;
            }
        }

        return glob.Matches(path);
    }
}

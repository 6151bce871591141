using System.Collections.Immutable;
using System.Text;
using Naru.Core.Builds;

namespace Naru.Builds.Dockerfiles;

/// <summary>Cuts a Dockerfile into instructions: directives, comments, continuation lines, heredocs.</summary>
internal sealed class LineReader
{
    private const int MaxLength = 16 * 1024 * 1024;
    private readonly string[] _lines;
    private readonly List<BuildWarning> _warnings = [];
    private int _next;

    private LineReader(string text) => _lines = SplitLines(text);

    public static (ImmutableArray<Node> Nodes, Directives Directives, ImmutableArray<BuildWarning> Warnings) Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw DockerfileErrors.At(0, $"the file must not be larger than {MaxLength} characters");
        }

        var reader = new LineReader(text.StartsWith('\uFEFF') ? text[1..] : text);
        var (nodes, directives) = reader.ReadNodes();
        return nodes.Count == 0 ? throw Core.Errors.NaruException.Invalid("file with no instructions") : ([.. nodes], directives, [.. reader._warnings]);
    }

    private (List<Node> Nodes, Directives Directives) ReadNodes()
    {
        var nodes = new List<Node>();
        var directives = new Directives();
        while (_next < _lines.Length)
        {
            var first = _lines[_next++].TrimStart(' ', '\t', '\v', '\f', '\r');
            var start = _next;
            directives.Read(first.TrimEnd('\r', '\n'), start);
            if (IsComment(first))
            {
                continue;
            }

            var line = ReadContinued(WithoutEnd(first), directives.Escape, start);
            if (line.Length == 0)
            {
                continue;
            }

            nodes.Add(ReadHeredocs(ToNode(line, start), directives.Escape));
        }

        return (nodes, directives);
    }

    private string ReadContinued(string first, char escape, int start)
    {
        var (line, continued) = TrimContinuation(first, escape);
        if (!continued)
        {
            return line.Trim().Length == 0 ? "" : line;
        }

        var joined = new StringBuilder(line);
        var warned = false;
        while (continued && _next < _lines.Length)
        {
            var raw = WithoutEnd(_lines[_next++]);
            if (IsComment(raw.TrimStart()))
            {
                continue;
            }

            if (raw.Trim().Length == 0)
            {
                if (!warned)
                {
                    _warnings.Add(new("Empty continuation line found in: " + joined.ToString().Trim(), start, "NoEmptyContinuation", "Empty continuation lines will become errors in a future release"));
                    warned = true;
                }

                continue;
            }

            (line, continued) = TrimContinuation(raw, escape);
            joined.Append(line);
        }

        return joined.ToString();
    }

    private Node ToNode(string line, int start)
    {
        var trimmed = line.Trim();
        var space = trimmed.AsSpan().IndexOfAny(" \t\v\f\r");
        var keyword = (space < 0 ? trimmed : trimmed[..space]).ToUpperInvariant();
        var (flags, rest) = space < 0 ? ([], "") : FlagReader.Split(trimmed[space..].TrimStart());
        return new Node { Keyword = keyword, Original = trimmed, Flags = flags, Rest = rest.Trim(), Line = start, EndLine = _next };
    }

    private Node ReadHeredocs(Node node, char escape)
    {
        var subject = node.Keyword == "ONBUILD" ? node.Rest.Split([' ', '\t'], 2)[0].ToUpperInvariant() : node.Keyword;
        if (subject is not ("ADD" or "COPY" or "RUN") || !node.Original.Contains("<<", StringComparison.Ordinal))
        {
            return node;
        }

        var found = HeredocReader.Find(node.Rest, escape);
        if (found.IsEmpty)
        {
            return node;
        }

        var whole = ImmutableArray.CreateBuilder<Heredoc>();
        foreach (var heredoc in found)
        {
            whole.Add(heredoc with { Content = ReadContent(heredoc, node.Line) });
        }

        return node with { Heredocs = whole.ToImmutable(), EndLine = _next };
    }

    private string ReadContent(Heredoc heredoc, int start)
    {
        var content = new StringBuilder();
        while (_next < _lines.Length)
        {
            var line = _lines[_next++];
            line = heredoc.Chomp ? line.TrimStart('\t') : line;
            if (WithoutEnd(line) == heredoc.Name)
            {
                return content.ToString();
            }

            content.Append(line);
        }

        throw DockerfileErrors.At(start, $"unterminated heredoc");
    }

    /// <summary>An escape at the end joins the next line, unless the character before it is an escape too.</summary>
    private static (string Line, bool Continued) TrimContinuation(string line, char escape)
    {
        var end = line.AsSpan().TrimEnd(" \t").Length;
        if (end == 0 || line[end - 1] != escape || (end > 1 && line[end - 2] == escape))
        {
            return (line, false);
        }

        return (line[..(end - 1)], true);
    }

    private static bool IsComment(string line) => line.StartsWith('#');

    private static string WithoutEnd(string line) => line.TrimEnd('\r', '\n');

    private static string[] SplitLines(string text)
    {
        var lines = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }
}

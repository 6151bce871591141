using System.Globalization;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Linux.Files;

namespace Naru.Builds.Copying;

/// <summary>Works out which entries a COPY takes: docker's rules for patterns, directories and names. Changes nothing.</summary>
internal sealed class CopyPlan
{
    private readonly RootedDirectory _source;
    private readonly CopyRequest _request;
    private readonly IgnoreList _ignored;

    private CopyPlan(RootedDirectory source, CopyRequest request, IgnoreList ignored) => (_source, _request, _ignored) = (source, request, ignored);

    public List<CopySource> Sources { get; } = [];

    /// <summary>Every entry, each directory before what it holds.</summary>
    public List<CopyItem> Items { get; } = [];

    /// <summary>True when the target must be a directory.</summary>
    public bool NeedsDirectory { get; private set; }

    /// <exception cref="BuildException">A source is missing or the rules are broken.</exception>
    public static CopyPlan Make(RootedDirectory source, CopyRequest request, IgnoreList ignored)
    {
        var plan = new CopyPlan(source, request, ignored);
        plan.Fill();
        return plan;
    }

    private void Fill()
    {
        foreach (var source in _request.Sources)
        {
            if (Glob.HasWildcards(source))
            {
                Match(source);
            }
            else
            {
                Sources.Add(Find(source));
            }
        }

        if (Sources.Count == 0 && _request.Classic)
        {
            throw new BuildException($"{_request.Keyword} failed: no source files were specified");
        }

        var several = Sources.Count > 1 || _request.Sources.Length > 1;
        NeedsDirectory = several || _request.Target.EndsWith('/') || _request.Parents;
        if (several && !_request.Target.EndsWith('/'))
        {
            throw new BuildException($"When using {_request.Keyword} with more than one source file, the destination must be a directory and end with a /");
        }

        for (var i = 0; i < Sources.Count; i++)
        {
            Walk(Sources[i], i);
        }
    }

    private CopySource Find(string source)
    {
        var path = PathText.Below(source);
        var status = path.Length == 0 ? _source.Stat("") : _source.TryStat(path);
        if (status is null || (path.Length > 0 && IsLeftOut(path, status.Value)))
        {
            throw Missing(path);
        }

        // The name is the one that was asked for, the content that of what a link leads to.
        return new CopySource(_source.Resolve(path).TrimStart('/'), _request.Parents ? ParentsName(source) : PathText.NameOf(path), status.Value.IsDirectory);
    }

    private bool IsLeftOut(string path, in FileStatus status) => _ignored.Excludes(path) && !(status.IsDirectory && _ignored.HasExceptions);

    private BuildException Missing(string path) => _request.Classic
        ? new BuildException($"{_request.Keyword} failed: file not found in build context or excluded by .dockerignore: stat {path}: file does not exist")
        : new BuildException($"failed to calculate checksum of ref: \"/{path}\": not found");

    private void Match(string source)
    {
        var pattern = PathText.Below(source);
        var glob = Glob.TryParse(pattern, deep: false) ?? throw new BuildException($"{_request.Keyword} failed: syntax error in pattern: {source}");
        var depth = pattern.Count(c => c == '/');
        var before = Sources.Count;
        MatchIn("", 0, depth, glob);
        _ = before;
    }

    private void MatchIn(string directory, int level, int depth, Glob glob)
    {
        foreach (var entry in Sorted(directory))
        {
            var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            if (level < depth)
            {
                if (_source.TryStat(path) is { IsDirectory: true })
                {
                    MatchIn(path, level + 1, depth, glob);
                }
            }
            else if (glob.Matches(path) && _source.TryStat(path) is { } status && !IsLeftOut(path, status))
            {
                Sources.Add(new CopySource(_source.Resolve(path).TrimStart('/'), _request.Parents ? path : entry.Name, status.IsDirectory));
            }
        }
    }

    private void Walk(CopySource source, int group)
    {
        var status = _source.Stat(source.Path, follow: false);
        if (!status.IsDirectory)
        {
            if (!_request.Exclude.Excludes(source.Name))
            {
                Items.Add(new CopyItem(source.Path, source.Name, status, group));
            }

            return;
        }

        Items.Add(new CopyItem(source.Path, _request.Parents ? source.Name : "", status, group));
        WalkIn(source, "", group);
    }

    private void WalkIn(CopySource source, string below, int group)
    {
        foreach (var entry in Sorted(PathText.Join(source.Path, below)))
        {
            var inner = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
            var path = source.Path.Length == 0 ? inner : $"{source.Path}/{inner}";
            if (_source.TryStat(path, follow: false) is not { } status || status.Kind == FileKind.Socket)
            {
                continue;
            }

            var ignored = _ignored.Excludes(path) || _request.Exclude.Excludes(inner);
            if (status.IsDirectory)
            {
                var at = Items.Count;
                Items.Add(new CopyItem(path, Below(source, inner), status, group));
                if (!ignored || _ignored.HasExceptions || _request.Exclude.HasExceptions)
                {
                    WalkIn(source, inner, group);
                }

                if (ignored && Items.Count == at + 1)
                {
                    Items.RemoveAt(at);
                }
            }
            else if (!ignored)
            {
                Items.Add(new CopyItem(path, Below(source, inner), status, group));
            }
        }
    }

    private string Below(CopySource source, string inner) => _request.Parents ? PathText.Join(source.Name, inner) : inner;

    private IEnumerable<DirectoryEntry> Sorted(string directory) => _source.List(directory).OrderBy(e => e.Name, StringComparer.Ordinal);

    /// <summary>With <c>--parents</c> the part after <c>/./</c> counts, or the whole path.</summary>
    private static string ParentsName(string source)
    {
        var pivot = source.IndexOf("/./", StringComparison.Ordinal);
        return PathText.Below(pivot < 0 ? source : source[(pivot + 3)..]);
    }

    /// <summary>For messages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Items.Count} entries");
}

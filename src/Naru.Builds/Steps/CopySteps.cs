using System.Collections.Immutable;
using System.Globalization;
using Naru.Builds.Contexts;
using Naru.Builds.Copying;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Patterns;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>COPY and ADD.</summary>
internal sealed class CopySteps(StepWork work, ISnapshots snapshots, RemoteFetcher remote, ArchiveUnpacker unpacker, BuildDirectories directories)
{
    public async Task<(StageState State, BuildStepOutcome Outcome)> DoAsync(
        BuildJob job, IStageResults stages, Stage stage, StageState state, CopyInstruction copy, BuildStep step, CancellationToken cancellationToken)
    {
        var request = Request(job, state, copy);
        var from = await FromSource.FindAsync(job, stages, stage, Expand(job, state, copy.From), step, cancellationToken);
        await using var gathered = await GatherAsync(job, state, copy, request, from, cancellationToken);
        var classicName = "";
        var facts = new List<string>
        {
            "copy", request.Target, copy.Owner.Length > 0 ? Expand(job, state, copy.Owner) : "", request.Mode?.ToString(CultureInfo.InvariantCulture) ?? "",
            copy.Add && copy.Unpack != false ? "unpack" : "",
        };
        foreach (var part in gathered.Parts)
        {
            var digest = CopyDigest.Of(part.Source.Root, part.Plan, !part.Source.IsContext, cancellationToken);
            facts.Add(digest.Value);
            classicName = NameOf(gathered, part, digest);
        }

        if (gathered.Parts.Count > 1)
        {
            classicName = "multi:" + CopyDigest.OfTexts(facts).Hex;
        }

        var text = HistoryText.Copy(job.Classic, state.Shell, copy, request.Sources.Concat(copy.Sources.Where(IsRemote)), copy.Target, classicName);
        return await work.DoAsync(job, stage.Name, state, state, facts, text, token => PlaceAsync(job, state, copy, request, gathered, token), cancellationToken);
    }

    private static string NameOf(Gathered gathered, Part part, Digest digest) =>
        (part.Plan.Sources is [{ IsDirectory: false }] ? "file:" : gathered.Parts.Count == 1 && part.Plan.Sources.Count == 1 ? "dir:" : "multi:") + digest.Hex;

    private async Task<StepResult> PlaceAsync(BuildJob job, StageState state, CopyInstruction copy, CopyRequest request, Gathered gathered, CancellationToken cancellationToken)
    {
        await using var tree = await SnapshotTree.OpenAsync(snapshots, state.Layers, cancellationToken);
        var owner = Expand(job, state, copy.Owner);
        foreach (var part in gathered.Parts)
        {
            var placed = request with
            {
                Owner = owner.Length > 0 ? UserNames.Resolve(tree.Root, owner, copy.Node.Keyword) : part.Source.IsContext ? (0, 0) : null,
            };
            if (copy.Add && part.MayUnpack && copy.Unpack != false && await unpacker.TryUnpackAsync(part.Source.Root, part.Plan, tree.Root, placed, cancellationToken))
            {
                continue;
            }

            new TreeCopier(part.Source.Root, tree.Root, placed).Copy(part.Plan, cancellationToken);
        }

        var (layers, size) = await tree.CommitAsync(cancellationToken);
        return new StepResult(layers, size);
    }

    private static CopyRequest Request(BuildJob job, StageState state, CopyInstruction copy)
    {
        var escape = job.File.Escape;
        ImmutableArray<string> sources = [.. copy.Sources.Where(s => !IsInline(copy, s) && !IsRemote(s)).Select(s => Expansion.Word(s, escape, state.Lookup))];
        var target = Expansion.Word(copy.Target, escape, state.Lookup);
        var isDirectory = target.EndsWith('/') || target is "." or ".." or "" || target.EndsWith("/.", StringComparison.Ordinal);
        var path = Metadata.Workdir(state, target);
        if (copy.From.Length == 0 && job.Classic && sources.FirstOrDefault(LeavesContext) is { } outside)
        {
            throw new BuildException($"{copy.Node.Keyword} failed: forbidden path outside the build context: {outside} ()");
        }

        var mode = Expansion.Word(copy.Mode, escape, state.Lookup);
        return new CopyRequest
        {
            Keyword = copy.Node.Keyword,
            Sources = sources,
            Target = isDirectory && path != "/" ? path + "/" : path,
            Mode = mode.Length == 0 ? null : ModeOf(mode),
            Parents = copy.Parents,
            Exclude = copy.Exclude.IsEmpty ? IgnoreList.Empty : IgnoreList.Of([.. copy.Exclude.Select(e => Expansion.Word(e, escape, state.Lookup))]),
            Classic = job.Classic,
        };
    }

    private static uint ModeOf(string text)
    {
        try
        {
            return Convert.ToUInt32(text, 8) is <= 0xFFF and var mode ? mode : throw new FormatException();
        }
        catch (Exception problem) when (problem is FormatException or OverflowException)
        {
            throw NaruException.Invalid($"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777");
        }
    }

    private static bool LeavesContext(string source)
    {
        var clean = PathText.Clean(source.TrimStart('/'));
        return clean == ".." || clean.StartsWith("../", StringComparison.Ordinal);
    }

    private static string Expand(BuildJob job, StageState state, string text) => text.Length == 0 ? "" : Expansion.Word(text, job.File.Escape, state.Lookup);

    private static bool IsRemote(string source) => RemoteFetcher.IsRemote(source);

    private static bool IsInline(CopyInstruction copy, string source) => copy.Node.Heredocs.Length > 0 && HeredocReader.Parse(source) is not null;

    private async Task<Gathered> GatherAsync(BuildJob job, StageState state, CopyInstruction copy, CopyRequest request, FromSource from, CancellationToken cancellationToken)
    {
        var gathered = new Gathered();
        try
        {
            var several = copy.Sources.Length > 1;
            if (several && !request.Target.EndsWith('/') && request.Target != "/")
            {
                throw new BuildException($"When using {copy.Node.Keyword} with more than one source file, the destination must be a directory and end with a /");
            }

            if (request.Sources.Length > 0)
            {
                var source = await from.OpenAsync(snapshots, cancellationToken);
                gathered.Add(source, CopyPlan.Make(source.Root, request, source.Ignored), mayUnpack: true);
            }

            foreach (var url in copy.Sources.Where(IsRemote))
            {
                if (!copy.Add)
                {
                    throw new BuildException($"source can't be a URL for {copy.Node.Keyword}");
                }

                await AddRemoteAsync(gathered, job, state, copy, request, url, cancellationToken);
            }

            if (copy.Node.Heredocs.Length > 0)
            {
                AddInline(gathered, job, state, copy, request);
            }

            return gathered;
        }
        catch
        {
            await gathered.DisposeAsync();
            throw;
        }
    }

    private async Task AddRemoteAsync(Gathered gathered, BuildJob job, StageState state, CopyInstruction copy, CopyRequest request, string url, CancellationToken cancellationToken)
    {
        var directory = directories.NewContext();
        gathered.Temporary.Add(directory);
        var address = Expand(job, state, url);
        var isFile = await remote.FetchForAddAsync(address, directory, Expand(job, state, copy.Checksum), copy.KeepGitDirectory, request.Target, cancellationToken);
        var source = TreeSource.OpenDirectory(directory);
        var what = isFile is null ? "." : isFile;
        gathered.Add(source, CopyPlan.Make(source.Root, request with { Sources = [what] }, IgnoreList.Empty), mayUnpack: copy.Unpack == true);
    }

    private void AddInline(Gathered gathered, BuildJob job, StageState state, CopyInstruction copy, CopyRequest request)
    {
        var directory = directories.NewContext();
        gathered.Temporary.Add(directory);
        using (var root = RootedDirectory.Open(directory))
        {
            foreach (var heredoc in copy.Node.Heredocs)
            {
                if (heredoc.Name.Contains('/', StringComparison.Ordinal) || heredoc.Name is "." or "..")
                {
                    throw new BuildException($"invalid heredoc name \"{heredoc.Name}\"");
                }

                var content = heredoc.Expand ? Expansion.Text(heredoc.Content, job.File.Escape, state.Lookup) : heredoc.Content;
                using (var file = root.OpenWrite(heredoc.Name, 0x1A4))
                {
                    file.Write(System.Text.Encoding.UTF8.GetBytes(content));
                }

                root.ChangeMode(heredoc.Name, 0x1A4);
            }
        }

        var source = TreeSource.OpenDirectory(directory);
        gathered.Add(source, CopyPlan.Make(source.Root, request with { Sources = [.. copy.Node.Heredocs.Select(h => h.Name)] }, IgnoreList.Empty), mayUnpack: false);
    }

    private sealed record Part(TreeSource Source, CopyPlan Plan, bool MayUnpack);

    private sealed class Gathered : IAsyncDisposable
    {
        public List<Part> Parts { get; } = [];

        public List<string> Temporary { get; } = [];

        public void Add(TreeSource source, CopyPlan plan, bool mayUnpack) => Parts.Add(new Part(source, plan, mayUnpack));

        public async ValueTask DisposeAsync()
        {
            foreach (var part in Parts)
            {
                await part.Source.DisposeAsync();
            }

            Temporary.ForEach(DirectoryContext.Remove);
        }
    }
}

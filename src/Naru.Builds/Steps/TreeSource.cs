using Naru.Builds.Contexts;
using Naru.Builds.Copying;
using Naru.Builds.Patterns;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>Where COPY and bind mounts take files from.</summary>
internal sealed class TreeSource : IAsyncDisposable
{
    private readonly SnapshotTree? _tree;

    private TreeSource(RootedDirectory root, string path, IgnoreList ignored, bool isContext, SnapshotTree? tree) =>
        (Root, Path, Ignored, IsContext, _tree) = (root, path, ignored, isContext, tree);

    public RootedDirectory Root { get; }

    public string Path { get; }

    public IgnoreList Ignored { get; }

    /// <summary>The files came from the caller: owners mean nothing.</summary>
    public bool IsContext { get; }

    public static async Task<TreeSource> OpenAsync(ContextAccess context, CancellationToken cancellationToken)
    {
        var path = await context.PathAsync(cancellationToken);
        return new TreeSource(RootedDirectory.Open(path), path, context.Ignored, isContext: true, tree: null);
    }

    public static TreeSource OpenDirectory(string path) => new(RootedDirectory.Open(path), path, IgnoreList.Empty, isContext: true, tree: null);

    public static async Task<TreeSource> OpenAsync(ISnapshots snapshots, LayerChain layers, CancellationToken cancellationToken)
    {
        var tree = await SnapshotTree.OpenAsync(snapshots, layers, cancellationToken);
        return new TreeSource(tree.Root, tree.Path, IgnoreList.Empty, isContext: false, tree);
    }

    public async ValueTask DisposeAsync()
    {
        if (_tree is null)
        {
            Root.Dispose();
        }
        else
        {
            await _tree.DisposeAsync();
        }
    }
}

/// <summary>What a <c>--from</c> means: files of a caller, or layers.</summary>
internal sealed record FromSource
{
    public ContextAccess? Files { get; init; }

    public StageState? State { get; init; }

    /// <summary>Finds what a name means: a named context, an earlier stage, an image; empty: the main context.</summary>
    public static async Task<FromSource> FindAsync(BuildJob job, IStageResults stages, Dockerfiles.Stage stage, string name, BuildStep step, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
        {
            return new FromSource { Files = job.Context };
        }

        if (job.Request.NamedContexts.TryGetValue(name, out var named) && named.Files is { } files)
        {
            return new FromSource { Files = new ContextAccess(files, ContextQuery.All, IgnoreList.Empty) };
        }

        if (named is null && stages.Find(name, stage.Index) is { } earlier)
        {
            return new FromSource { State = await stages.ResultAsync(earlier) };
        }

        if (named is null && (stages.Find(name, int.MaxValue) is not null || int.TryParse(name, out _)))
        {
            throw new BuildException(job.Classic
                ? $"invalid from flag value {name}: refers to current build stage or to a later one"
                : $"invalid stage reference \"{name}\": the stage is not before this one");
        }

        return new FromSource { State = await stages.ImageAsync(name, step, cancellationToken) };
    }

    public Task<TreeSource> OpenAsync(ISnapshots snapshots, CancellationToken cancellationToken) =>
        Files is not null ? TreeSource.OpenAsync(Files, cancellationToken) : TreeSource.OpenAsync(snapshots, State!.Layers, cancellationToken);
}

using System.Collections.Immutable;
using Naru.Builds.Copying;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Linux.Archives;

namespace Naru.Builds.Results;

/// <summary>The result of one build.</summary>
internal sealed class SolvedBuild(BuildJob job, StageState state, IImages images, ISnapshots snapshots, IEvents events) : ISolvedBuild
{
    public ImageDraft Draft { get; } = StepWork.DraftOf(state) with { Parent = null };

    public Platform Platform => state.Platform;

    public ImmutableArray<string> UnusedArguments { get; } = job.Arguments.Unused();

    public async Task<Image> StoreAsync(IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        Image image;
        if (job.Classic && state.Image is { } made && images.Find(made.Value) is { } last)
        {
            foreach (var name in names)
            {
                await images.TagAsync(made.Value, name, cancellationToken);
            }

            image = images.Get(last.Id.Value);
        }
        else
        {
            image = await images.CreateAsync(Draft, names, cancellationToken);
        }

        events.Publish(new EngineEvent { Type = "builder", Action = "build", ActorId = image.Id.Value });
        return image;
    }

    public async Task WriteAsync(BuildArchive format, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken)
    {
        if (format == BuildArchive.Files)
        {
            await using var tree = await SnapshotTree.OpenAsync(snapshots, state.Layers, cancellationToken);
            await new DirectoryArchiver(new ArchivingOptions()).WriteAsync(tree.Root, "", destination, cancellationToken);
            return;
        }

        // The archive is written from an image of the store; one that was not there before does not stay.
        var before = images.List().Select(i => i.Id).ToHashSet();
        var image = await images.CreateAsync(Draft, [], cancellationToken);
        try
        {
            await images.SaveAsAsync(image, names, destination, cancellationToken);
        }
        finally
        {
            if (!before.Contains(image.Id) && images.Find(image.Id.Value) is { Tags.IsEmpty: true })
            {
                await images.RemoveAsync(image.Id.Value, new ImageRemoveOptions(), CancellationToken.None);
            }
        }
    }

    public async Task<IBuildTree> OpenTreeAsync(CancellationToken cancellationToken) =>
        new BuildTree(await SnapshotTree.OpenAsync(snapshots, state.Layers, cancellationToken));

    public ValueTask DisposeAsync()
    {
        job.Dispose();
        return ValueTask.CompletedTask;
    }
}

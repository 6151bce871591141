using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>Making an image of a container.</summary>
internal sealed class CommitRoutes(IContainers containers, IImages images, ISnapshots snapshots, ContainerScope scope, ContainerNews news, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes) => routes.Post("/commit", CommitAsync);

    private async Task CommitAsync(DockerCall call)
    {
        var wire = await call.ReadJsonAsync<ContainerConfig>();
        var name = RepositoryName.ParseOptional(call.Query("repo"), call.Query("tag"));
        var reference = call.Query("container");
        if (string.IsNullOrEmpty(reference))
        {
            throw DockerException.BadRequest("container to commit is not given");
        }
        var container = scope.Get(call, reference);
        if (container.Status.Phase is ContainerPhase.Removing or ContainerPhase.Dead)
        {
            throw NaruException.Conflict($"You cannot commit container {reference} which is being removed");
        }
        var config = ConfigChanges.Apply(CommitMap.Overlay(CommitMap.ConfigOf(container.Spec), wire), call.QueryAll("changes"));
        var parent = images.Find(container.ImageId.Value);
        var layers = await TakeLayerAsync(container, pause: call.Flag("pause", otherwise: true), call.Aborted);
        using var held = snapshots.Hold(layers);
        var author = call.Query("author") ?? "";
        var comment = call.Query("comment") ?? "";
        var draft = new ImageDraft
        {
            Config = config,
            Platform = parent?.Platform,
            Layers = layers,
            History = (parent?.History ?? []).Add(new HistoryEntry
            {
                Created = time.GetUtcNow(),
                CreatedBy = string.Join(' ', InspectMap.CommandOf(container.Spec.Process)),
                Author = author,
                Comment = comment,
            }),
            Author = author,
            Comment = comment,
            Parent = container.ImageId,
        };
        var image = await images.CreateAsync(draft, name is null ? [] : [name], call.Aborted);
        news.Tell(container, "commit", ("comment", comment), ("imageID", image.Id.Value), ("imageRef", name?.Canonical ?? ""));
        await call.JsonAsync(201, new IdResponse { Id = image.Id.Value });
    }

    private async Task<LayerChain> TakeLayerAsync(Container container, bool pause, CancellationToken cancellationToken)
    {
        var paused = pause && container.Status.Phase == ContainerPhase.Running && await TryPauseAsync(container, cancellationToken);
        try
        {
            return await snapshots.CommitAsync(container.SnapshotKey, cancellationToken);
        }
        finally
        {
            if (paused)
            {
                await ResumeAsync(container);
            }
        }
    }

    private async Task<bool> TryPauseAsync(Container container, CancellationToken cancellationToken)
    {
        try
        {
            await containers.PauseAsync(container.Id.Value, cancellationToken);
            return true;
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.FailedPrecondition)
        {
            // Ended or paused meanwhile: its files stand still without us.
            return false;
        }
    }

    private async Task ResumeAsync(Container container)
    {
        try
        {
            await containers.UnpauseAsync(container.Id.Value, CancellationToken.None);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict or ErrorKind.FailedPrecondition or ErrorKind.NotModified)
        {
            // Ended or removed meanwhile: there is nothing left to resume.
        }
    }
}

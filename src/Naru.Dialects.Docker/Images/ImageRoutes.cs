using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>Images that are here: list, inspect, history, tag, remove, prune.</summary>
internal sealed class ImageRoutes(IImages images, IContainers containers, ImageListing listing, IEvents events, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/images/json", call => call.JsonAsync(listing.List(call)));
        routes.Post("/images/prune", PruneAsync);
        routes.Get("/images/{name*}/json", InspectAsync);
        routes.Get("/images/{name*}/history", HistoryAsync);
        routes.Post("/images/{name*}/tag", TagAsync);
        routes.Delete("/images/{name*}", RemoveAsync);
    }

    private Task InspectAsync(DockerCall call)
    {
        var platform = PlatformText.JsonParameter(call, since: 49);
        if (platform is not null && call.Flag("manifests"))
        {
            throw DockerException.BadRequest("conflicting options: manifests and platform options cannot both be set");
        }
        return call.JsonAsync(ImageMap.Inspect(Get(call, call.Name, platform)));
    }

    private Task HistoryAsync(DockerCall call)
    {
        var image = Get(call, call.Name, PlatformText.JsonParameter(call, since: 48));
        return call.JsonAsync(ImageMap.History(image, images.LayerSizes(image)));
    }

    private async Task TagAsync(DockerCall call)
    {
        var name = RepositoryName.Parse(call.Query("repo"), call.Query("tag"));
        Get(call, call.Name, null);
        await images.TagAsync(call.Name, name, call.Aborted);
        await call.EmptyAsync(201);
    }

    private async Task RemoveAsync(DockerCall call)
    {
        if (call.Version.AtLeast(50) && call.QueryAll("platforms").Length > 0)
        {
            throw new NaruException(ErrorKind.NotImplemented, "removing one platform of an image is not supported");
        }
        Get(call, call.Name, null);
        var removed = await images.RemoveAsync(call.Name, new ImageRemoveOptions(call.Flag("force"), call.Flag("noprune")), call.Aborted);
        await call.JsonAsync(removed.Select(Show).ToArray());
    }

    private async Task PruneAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("dangling", "label", "label!", "until");
        var until = PruneMoment.Until(filters, time);
        var all = filters.Flag("dangling") is false;
        var pruned = await images.PruneAsync(
            all,
            image => filters.MatchesLabels(image.Config.Labels) && LabelScope.Contains(call.Access, image.Config.Labels) && (until is null || image.Created < until),
            call.Aborted);
        events.Publish(PruneMoment.Event("image", pruned.Reclaimed));
        await call.JsonAsync(new ImagesPruneReport
        {
            ImagesDeleted = pruned.Removed.IsEmpty ? null : [.. pruned.Removed.Select(Show)],
            SpaceReclaimed = pruned.Reclaimed,
        });
    }

    /// <summary>On a labelled endpoint an image is seen for its label or because a container that is seen runs it.</summary>
    private Image Get(DockerCall call, string reference, Platform? platform)
    {
        var image = platform is null ? images.Get(reference) : images.Get(reference, platform);
        if (LabelScope.Contains(call.Access, image.Config.Labels) ||
            (HttpVerbs.IsReading(call) && containers.List().Any(container => container.ImageId == image.Id && LabelScope.Contains(call.Access, container.Spec.Labels))))
        {
            return image;
        }
        throw NaruException.NotFound($"No such image: {reference}");
    }

    private static ImageDeleteItem Show(ImageRemoval removal) => new() { Untagged = removal.Untagged, Deleted = removal.Deleted };
}

using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Images;
using Naru.Dialects.Docker.Volumes;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Engine;

/// <summary>Where the disk space is.</summary>
internal sealed class DiskUsageRoutes(
    IImages images, IVolumes volumes, IBuilds builds, INetworks networks, ContainerScope scope, ImageListing listing, TimeProvider time) : IDockerRouteGroup
{
    private static readonly string[] Kinds = ["container", "image", "volume", "build-cache"];

    public void Map(DockerRoutes routes) => routes.Get("/system/df", UsageAsync);

    private async Task UsageAsync(DockerCall call)
    {
        string[] asked = call.Version.AtLeast(42) ? [.. call.QueryAll("type").Where(type => type.Length > 0)] : [];
        if (asked.FirstOrDefault(type => !Kinds.Contains(type)) is { } unknown)
        {
            throw DockerException.BadRequest($"unknown object type: {unknown}");
        }
        bool Wants(string kind) => asked.Length == 0 || asked.Contains(kind);
        var verbose = call.Version.AtLeast(52) && call.Flag("verbose");
        var found = new Found(
            Wants("image") ? ImagesOf(call) : null,
            Wants("image") ? listing.LayersSize() : null,
            Wants("container") ? await ContainersAsync(call) : null,
            Wants("volume") ? await VolumesAsync(call) : null,
            Wants("build-cache") ? [.. builds.Cache().Select(record => CacheMap.Show(record, call.Version))] : null);
        await call.JsonAsync(DiskUsageMap.Show(found, verbose));
    }

    private ImageSummary[] ImagesOf(DockerCall call)
    {
        var users = scope.List(call).CountBy(container => container.ImageId).ToDictionary();
        var shared = listing.SharedSizes();
        return
        [
            .. images.List()
                .Where(image => (!image.Tags.IsEmpty || !image.Digests.IsEmpty || images.Children(image.Id).IsEmpty) && LabelScope.Contains(call.Access, image.Config.Labels))
                .Select(image => ImageMap.Summarise(image, call.Version, 0, shared.GetValueOrDefault(image.Id)) with { Containers = users.GetValueOrDefault(image.Id) }),
        ];
    }

    private async Task<ContainerSummary[]> ContainersAsync(DockerCall call)
    {
        var found = new List<ContainerSummary>();
        foreach (var container in scope.List(call))
        {
            var use = await scope.DiskAsync(container, call.Aborted);
            found.Add(InspectMap.Summarise(container, networks, time.GetUtcNow(), scope.ImageNameOf(container), call.Version) with
            {
                SizeRw = use.Writable,
                SizeRootFs = use.Whole,
            });
        }
        return [.. found];
    }

    private async Task<VolumeResource[]> VolumesAsync(DockerCall call)
    {
        var uses = scope.List(call).SelectMany(container => container.Mounts.Select(mount => mount.VolumeName).Distinct()).CountBy(name => name).ToDictionary();
        var found = new List<VolumeResource>();
        foreach (var volume in volumes.List().Where(volume => LabelScope.Contains(call.Access, volume.Labels)))
        {
            found.Add(VolumeMap.Show(volume) with
            {
                UsageData = new VolumeUsage { RefCount = uses.GetValueOrDefault(volume.Name), Size = await SizeAsync(volume, call.Aborted) },
            });
        }
        return [.. found];
    }

    /// <summary>A volume that goes while it is measured has no size.</summary>
    private async Task<long> SizeAsync(Volume volume, CancellationToken cancellationToken)
    {
        try
        {
            return await volumes.SizeAsync(volume.Name, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return -1;
        }
    }

    /// <summary>What was asked for; null: not asked.</summary>
    internal sealed record Found(ImageSummary[]? Images, long? LayersSize, ContainerSummary[]? Containers, VolumeResource[]? Volumes, Wire.BuildCacheRecord[]? Cache);
}

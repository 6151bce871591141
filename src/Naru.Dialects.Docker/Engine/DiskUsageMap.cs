using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Engine;

/// <summary>Sums up disk usage. Both the old lists and the new sums are filled; the version decides which are written.</summary>
internal static class DiskUsageMap
{
    public static DiskUsage Show(DiskUsageRoutes.Found found, bool verbose) => new()
    {
        LayersSize = verbose ? null : found.LayersSize ?? 0,
        Images = verbose ? null : found.Images,
        Containers = verbose ? null : found.Containers,
        Volumes = verbose ? null : found.Volumes,
        BuildCache = verbose ? null : found.Cache,
        BuilderSize = 0,
        ImageUsage = found.Images is { } images ? ImagesOf(images, found.LayersSize ?? 0, verbose) : null,
        ContainerUsage = found.Containers is { } containers ? ContainersOf(containers, verbose) : null,
        VolumeUsage = found.Volumes is { } volumes ? VolumesOf(volumes, verbose) : null,
        BuildCacheUsage = found.Cache is { } cache ? CacheOf(cache, verbose) : null,
    };

    private static UsageOf<ImageSummary> ImagesOf(ImageSummary[] images, long layers, bool verbose) => new()
    {
        ActiveCount = images.Count(image => image.Containers > 0),
        TotalCount = images.Length,
        TotalSize = layers,
        // What images in use hold for themselves stays; the rest could go.
        Reclaimable = Math.Max(0, layers - images.Where(image => image.Containers > 0).Sum(image => image.Size - Math.Max(0, image.SharedSize))),
        Items = verbose ? images : null,
    };

    private static UsageOf<ContainerSummary> ContainersOf(ContainerSummary[] containers, bool verbose) => new()
    {
        ActiveCount = containers.Count(IsActive),
        TotalCount = containers.Length,
        TotalSize = containers.Sum(container => container.SizeRw ?? 0),
        Reclaimable = containers.Where(container => !IsActive(container)).Sum(container => container.SizeRw ?? 0),
        Items = verbose ? containers : null,
    };

    private static UsageOf<VolumeResource> VolumesOf(VolumeResource[] volumes, bool verbose) => new()
    {
        ActiveCount = volumes.Count(volume => volume.UsageData!.RefCount > 0),
        TotalCount = volumes.Length,
        TotalSize = volumes.Sum(volume => Math.Max(0, volume.UsageData!.Size)),
        Reclaimable = volumes.Where(volume => volume.UsageData!.RefCount == 0).Sum(volume => Math.Max(0, volume.UsageData!.Size)),
        Items = verbose ? volumes : null,
    };

    private static UsageOf<BuildCacheRecord> CacheOf(BuildCacheRecord[] cache, bool verbose) => new()
    {
        ActiveCount = cache.Count(record => record.InUse),
        TotalCount = cache.Length,
        TotalSize = cache.Where(record => !record.Shared).Sum(record => record.Size),
        Reclaimable = cache.Where(record => !record.Shared && !record.InUse).Sum(record => record.Size),
        Items = verbose ? cache : null,
    };

    private static bool IsActive(ContainerSummary container) => container.State is "running" or "paused" or "restarting";
}

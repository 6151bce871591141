using Naru.Core.Images;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>From an image to what docker shows of it.</summary>
internal static class ImageMap
{
    public static ImageSummary Summarise(Image image, ApiVersion version, int containers, long sharedSize)
    {
        var untagged = version.Below(43) && image.Tags.IsEmpty && image.Digests.IsEmpty;
        return new ImageSummary
        {
            // Until 1.50 the number was never counted.
            Containers = version.AtLeast(51) ? containers : -1,
            Created = image.Created?.ToUnixTimeSeconds() ?? 0,
            Id = image.Id.Value,
            Labels = image.Config.Labels is { Count: > 0 } labels ? WireMaps.Map(labels) : null,
            ParentId = image.Parent?.Value ?? "",
            RepoDigests = untagged ? ["<none>@<none>"] : [.. image.Digests],
            RepoTags = untagged ? ["<none>:<none>"] : version.Below(43) && image.Tags.IsEmpty ? [$"{image.Digests[0].Split('@')[0]}:<none>"] : [.. image.Tags],
            SharedSize = sharedSize,
            Size = image.Size,
            VirtualSize = image.Size,
        };
    }

    public static ImageInspect Inspect(Image image) => new()
    {
        Id = image.Id.Value,
        RepoTags = [.. image.Tags],
        RepoDigests = [.. image.Digests],
        Parent = image.Parent?.Value ?? "",
        Comment = image.Comment,
        Created = image.Created is { } created ? GoTime.Format(created) : null,
        ContainerConfig = new ContainerConfig(),
        DockerVersion = image.MadeBy,
        Author = image.Author,
        Config = ConfigOf(image),
        Architecture = image.Platform.Architecture,
        Variant = image.Platform.Variant,
        Os = image.Platform.Os,
        OsVersion = image.Platform.OsVersion,
        Size = image.Size,
        VirtualSize = image.Size,
        GraphDriver = new DriverData { Name = "overlay2", Data = image.Layers.ChainId is { } top ? new SortedDictionary<string, string> { ["ChainId"] = top.Value } : null },
        RootFS = new RootFs { Layers = image.Layers.DiffIds.IsEmpty ? null : [.. image.Layers.DiffIds.Select(layer => layer.Value)] },
        Metadata = new ImageMetadata { LastTagTime = GoTime.Format(image.LastTagged) },
    };

    /// <summary>Newest first; a step without a layer has size zero. Only the newest has an id and tags.</summary>
    public static ImageHistoryItem[] History(Image image, IReadOnlyList<long> layerSizes)
    {
        var items = new List<ImageHistoryItem>();
        var layer = 0;
        foreach (var entry in image.History)
        {
            items.Add(new ImageHistoryItem
            {
                Id = "<missing>",
                Created = entry.Created?.ToUnixTimeSeconds() ?? 0,
                CreatedBy = entry.CreatedBy,
                Comment = entry.Comment,
                Size = entry.EmptyLayer || layer >= layerSizes.Count ? 0 : layerSizes[layer++],
            });
        }
        items.Reverse();
        if (items.Count > 0)
        {
            items[0].Id = image.Id.Value;
            items[0].Tags = image.Tags.IsEmpty ? null : [.. image.Tags];
        }
        return [.. items];
    }

    private static Wire.ImageConfig ConfigOf(Image image)
    {
        var config = image.Config;
        return new Wire.ImageConfig
        {
            User = config.User,
            ExposedPorts = config.ExposedPorts.IsEmpty ? null : ContainerConfigMap.Set(config.ExposedPorts),
            Env = config.Environment.IsEmpty ? null : [.. config.Environment],
            Cmd = WireMaps.Array(config.Command),
            Healthcheck = HealthMap.ToWire(config.HealthCheck),
            ArgsEscaped = config.ArgumentsEscaped ? true : null,
            Volumes = config.Volumes.IsEmpty ? null : ContainerConfigMap.Set(config.Volumes),
            WorkingDir = config.WorkingDirectory,
            Entrypoint = WireMaps.Array(config.Entrypoint),
            OnBuild = config.OnBuild.IsEmpty ? null : [.. config.OnBuild],
            Labels = config.Labels is { } labels ? WireMaps.Map(labels) : null,
            StopSignal = WireMaps.NullIfEmpty(config.StopSignal),
            Shell = WireMaps.Array(config.Shell),
        };
    }
}

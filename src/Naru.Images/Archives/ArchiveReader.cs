using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Formats;

namespace Naru.Images.Archives;

/// <summary>Finds the images in an archive: docker's manifest.json, or an OCI layout's index.json.</summary>
internal static class ArchiveReader
{
    private const string NameAnnotation = "io.containerd.image.name";
    private const string ReferenceAnnotation = "org.opencontainers.image.ref.name";
    private const int MaxNesting = 4;

    internal static ImmutableArray<ArchivedImage> Read(ArchiveContents contents, Platform? platform) =>
        contents.Has("manifest.json") ? ReadDocker(contents, platform)
        : contents.Has("index.json") ? ReadLayout(contents, platform)
        : throw NaruException.Invalid("invalid archive: it has neither a manifest.json nor an index.json");

    private static ImmutableArray<ArchivedImage> ReadDocker(ArchiveContents contents, Platform? platform)
    {
        var images = ImmutableArray.CreateBuilder<ArchivedImage>();
        foreach (var line in contents.ReadJson("manifest.json", FormatsJson.Default.ArchiveLineArray))
        {
            if (line.Config is null)
            {
                throw NaruException.Invalid("invalid archive: manifest.json names no configuration");
            }

            ImmutableArray<string> layers = [.. line.Layers ?? []];
            var image = new ArchivedImage(
                contents.Read(line.Config), layers, [.. layers.Select(_ => (Digest?)null)], [.. (line.RepoTags ?? []).Select(ImageReference.Parse)]);
            if (platform is null || platform.Accepts(ConfigFiles.Read(image.Config).Platform))
            {
                images.Add(image);
            }
        }

        return images.ToImmutable();
    }

    private static ImmutableArray<ArchivedImage> ReadLayout(ArchiveContents contents, Platform? platform)
    {
        var index = contents.ReadJson("index.json", FormatsJson.Default.ManifestFile);
        var images = ImmutableArray.CreateBuilder<ArchivedImage>();
        foreach (var descriptor in index.Manifests ?? [])
        {
            if (ReadDescriptor(contents, descriptor, platform, NamesOf(descriptor), 0) is { } image)
            {
                images.Add(image);
            }
        }

        return images.Count > 0 ? images.ToImmutable() : throw NaruException.NotFound($"the archive holds no image for {platform ?? HostPlatform.Current}");
    }

    private static ArchivedImage? ReadDescriptor(
        ArchiveContents contents, Descriptor descriptor, Platform? platform, ImmutableArray<ImageReference> names, int depth)
    {
        var digest = Digest.Parse(descriptor.Digest ?? "");
        var file = ArchiveContents.Parse(contents.ReadBlob(digest), digest.Value, FormatsJson.Default.ManifestFile);
        if (file.Manifests is { } nested)
        {
            if (depth >= MaxNesting)
            {
                throw NaruException.Invalid("invalid archive: its indexes are nested too deep");
            }

            var chosen = PlatformChoice.Choose(nested, platform);
            return chosen is null ? null : ReadDescriptor(contents, chosen, platform, names, depth + 1);
        }

        if (file.Config?.Digest is null || file.Layers is null)
        {
            throw NaruException.Invalid($"invalid archive: {digest} is no manifest of an image");
        }

        var config = contents.ReadBlob(Digest.Parse(file.Config.Digest));
        if (platform is not null && !platform.Accepts(ConfigFiles.Read(config).Platform))
        {
            return null;
        }

        ImmutableArray<Digest> layers = [.. file.Layers.Select(layer => Digest.Parse(layer.Digest ?? ""))];
        return new(config, [.. layers.Select(ArchiveContents.PathOf)], [.. layers.Select(layer => (Digest?)layer)], names);
    }

    private static ImmutableArray<ImageReference> NamesOf(Descriptor descriptor)
    {
        if (descriptor.Annotations is not { } annotations)
        {
            return [];
        }

        // A bare tag in the reference annotation names no repository.
        return annotations.TryGetValue(NameAnnotation, out var text) && ImageReference.TryParse(text, out var name, out _) ? [name!.WithDefaultTag()]
            : annotations.TryGetValue(ReferenceAnnotation, out text) && text.AsSpan().ContainsAny('/', ':')
                && ImageReference.TryParse(text, out name, out _) ? [name!.WithDefaultTag()]
            : [];
    }
}

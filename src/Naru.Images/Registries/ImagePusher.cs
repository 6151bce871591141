using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Catalogue;
using Naru.Images.Formats;
using Naru.Images.Layers;

namespace Naru.Images.Registries;

/// <summary>Sends images: layers side by side, the configuration, then the manifest; the one it was pulled by if all its layers are there.</summary>
internal sealed class ImagePusher(
    RegistryConnector connector,
    LayerStore layers,
    ImageCatalogue catalogue,
    ManifestStore manifests,
    ImageEvents events,
    ImagesOptions options,
    TimeProvider time)
{
    internal async Task<ImmutableArray<Pushed>> PushAsync(
        ImageReference repository,
        IReadOnlyList<ImageReference> names,
        Platform? platform,
        RegistryCredentials? credentials,
        IProgress<ImageProgress> progress,
        CancellationToken cancellationToken)
    {
        var images = names.Select(name => (Name: name, Image: Get(name, platform))).ToList();
        progress.Report(new("", $"The push refers to repository [{repository.Registry}/{repository.Repository}]"));
        var session = await connector.ConnectAsync(repository.Registry, credentials, cancellationToken);
        var pushed = ImmutableArray.CreateBuilder<Pushed>();
        foreach (var (name, image) in images)
        {
            pushed.Add(await PushAsync(session, name, image, progress, cancellationToken));
        }

        return pushed.ToImmutable();
    }

    /// <summary>The local tags of a repository.</summary>
    internal ImmutableArray<ImageReference> TagsOf(ImageReference repository)
    {
        var tags = catalogue.State.Names.Keys.Select(ImageReference.Parse)
            .Where(name => name.Tag is not null && name.Registry == repository.Registry && name.Repository == repository.Repository)
            .ToImmutableArray();
        return tags.IsEmpty ? throw Missing(repository) : tags;
    }

    private static NaruException Missing(ImageReference name) => NaruException.NotFound($"An image does not exist locally with the tag: {name.FamiliarRepository}");

    private Image Get(ImageReference name, Platform? platform)
    {
        var image = catalogue.State.Find(name) ?? throw Missing(name);
        return platform is null || platform.Accepts(image.Platform)
            ? image
            : throw NaruException.NotFound($"image {name} is not for the platform {platform} but for {image.Platform}");
    }

    private async Task<Pushed> PushAsync(
        RegistrySession session, ImageReference name, Image image, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        using var hold = layers.HoldExisting(image.Layers);
        var uploader = new BlobUploader(session, name, progress, time);
        var chain = layers.Get(image.Layers);

        // 1. Layers. One that an image holds twice is sent once.
        var packed = new System.Collections.Concurrent.ConcurrentDictionary<Digest, PackedLayer>();
        await Parallel.ForEachAsync(
            chain.DistinctBy(layer => layer.DiffId),
            new ParallelOptions { MaxDegreeOfParallelism = options.ConcurrentUploads, CancellationToken = cancellationToken },
            async (layer, token) => packed[layer.DiffId] = await uploader.PutLayerAsync(layer, token));

        // 2. Configuration and manifest.
        await uploader.PutAsync(image.Id, image.ConfigBytes, cancellationToken);
        var parts = chain.Select(layer => packed[layer.DiffId]).ToImmutableArray();
        var (bytes, mediaType) = FindOriginal(image, parts) ?? Compose(image, parts);
        var tag = name.Tag ?? "latest";
        await PutManifestAsync(session, uploader, name, name.Tag ?? Digest.Of(bytes).Value, bytes, mediaType, cancellationToken);

        // 3. What is known now.
        foreach (var layer in chain)
        {
            layers.AddPacked(layer.ChainId, packed[layer.DiffId]);
        }

        var digest = Digest.Of(bytes);
        catalogue.Change(state => state.Images.ContainsKey(image.Id)
            ? state.WithName(name with { Tag = null, Digest = digest }, image.Id, time.GetUtcNow())
            : state);
        progress.Report(new("", $"{tag}: digest: {digest} size: {bytes.Length}"));
        events.Publish("push", name, image);
        return new(tag, digest, bytes.Length);
    }

    /// <summary>The manifest that the image was pulled by, if it names exactly the packed layers that the registry has now.</summary>
    private (byte[] Bytes, string MediaType)? FindOriginal(Image image, ImmutableArray<PackedLayer> parts)
    {
        if (image.Manifest is not { } digest || manifests.Find(digest) is not { } bytes
            || JsonSerializer.Deserialize(bytes, FormatsJson.Default.ManifestFile) is not { Layers: { } named } file)
        {
            return null;
        }

        return named.Select(layer => layer.Digest).SequenceEqual(parts.Select(part => part.Digest)) && file.Config?.Digest == image.Id.Value
            ? (bytes, file.MediaType ?? MediaTypes.OciManifest)
            : null;
    }

    private static (byte[] Bytes, string MediaType) Compose(Image image, ImmutableArray<PackedLayer> parts)
    {
        var isDocker = parts.All(part => part.MediaType == MediaTypes.DockerLayer);
        var type = isDocker ? MediaTypes.DockerManifest : MediaTypes.OciManifest;
        var file = new ManifestFile
        {
            SchemaVersion = 2,
            MediaType = type,
            Config = new() { MediaType = isDocker ? MediaTypes.DockerConfig : MediaTypes.OciConfig, Size = image.ConfigBytes.Length, Digest = image.Id.Value },
            Layers = [.. parts.Select(part => new Descriptor { MediaType = isDocker ? part.MediaType : ToOci(part.MediaType), Size = part.Size, Digest = part.Digest })],
        };
        return (JsonSerializer.SerializeToUtf8Bytes(file, FormatsJson.Default.ManifestFile), type);
    }

    private static string ToOci(string mediaType) => mediaType == MediaTypes.DockerLayer ? MediaTypes.OciLayer + "+gzip" : mediaType;

    private static async Task PutManifestAsync(
        RegistrySession session, BlobUploader uploader, ImageReference name, string reference, byte[] bytes, string mediaType, CancellationToken cancellationToken)
    {
        using var response = await session.SendAsync(
            session.Address($"{name.Repository}/manifests/{reference}"),
            uploader.Scope,
            uri =>
            {
                var content = new ByteArrayContent(bytes);
                content.Headers.ContentType = new(mediaType);
                return new(HttpMethod.Put, uri) { Content = content };
            },
            cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            throw BlobUploader.Explain(await RegistryErrors.FromAsync(response, cancellationToken));
        }
    }
}

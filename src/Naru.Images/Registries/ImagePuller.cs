using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Catalogue;
using Naru.Images.Formats;
using Naru.Images.Layers;

namespace Naru.Images.Registries;

/// <summary>Brings images: manifest, configuration, missing layers side by side, then one sync and the name.</summary>
internal sealed partial class ImagePuller(
    RegistryConnector connector,
    LayerFetcher fetcher,
    ChainAssembler assembler,
    LayerStore layers,
    ImageCatalogue catalogue,
    ManifestStore manifests,
    ImageEvents events,
    ImagesOptions options,
    TimeProvider time,
    ILogger<ImagePuller> logger)
{
    internal async Task<Pulled> PullAsync(
        ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        name = name.WithDefaultTag();
        await foreach (var session in connector.ConnectAllAsync(name.Registry, credentials, cancellationToken))
        {
            try
            {
                return await PullAsync(session, name, platform, progress, cancellationToken);
            }
            catch (NaruException problem) when (session.Endpoint.IsMirror)
            {
                LogMirror(session.Endpoint.Base, name, problem.Message);
            }
        }

        throw new InvalidOperationException("A registry is always tried itself.");
    }

    internal async Task<Pulled> PullAsync(
        RegistrySession session, ImageReference name, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        // 1. What the name stands for, and for which platform.
        var (manifest, named) = await ManifestFetcher.GetForAsync(session, name, platform, cancellationToken);
        progress.Report(new(name.Tag ?? named.Value, $"Pulling from {name.Repository}"));
        var (configDigest, described) = await GetConfigAsync(session, name, manifest, cancellationToken);
        if (platform is not null && !platform.Accepts(described.Platform))
        {
            throw NaruException.NotFound(
                $"image with reference {name} was found but does not match the specified platform: wanted {platform}, actual: {described.Platform}");
        }

        // 2. Its layers, those that are not here.
        var wasHere = catalogue.State.Images.ContainsKey(configDigest);
        using var hold = await BringAsync(session, name, manifest, described, wasHere, progress, cancellationToken);

        // 3. Its name.
        manifests.Put(manifest.Digest, manifest.Bytes);
        var (image, isNew) = Register(name, named, manifest.Digest, described);
        layers.Settle(image.Layers);
        NoteSources(name, manifest, image);
        progress.Report(new("", $"Digest: {named}"));
        progress.Report(new("", isNew ? $"Status: Downloaded newer image for {name}" : $"Status: Image is up to date for {name}"));
        events.Publish("pull", name, image);
        return new(image, named, !isNew);
    }

    private async Task<(Digest Digest, Image Described)> GetConfigAsync(
        RegistrySession session, ImageReference name, FetchedManifest manifest, CancellationToken cancellationToken)
    {
        var file = manifest.File;
        if (file.Config?.Digest is null || file.Layers is null)
        {
            throw NaruException.Invalid($"the manifest of {name} names no configuration or no layers");
        }

        if (file.Config.MediaType is not (null or "" or MediaTypes.DockerConfig or MediaTypes.OciConfig))
        {
            throw NaruException.Invalid($"{name} is no container image: its configuration has the type \"{file.Config.MediaType}\"");
        }

        var digest = Digest.Parse(file.Config.Digest);
        var known = catalogue.State.Images.GetValueOrDefault(digest);
        var described = known ?? ConfigFiles.Read(await ManifestFetcher.GetBlobAsync(session, name, digest, ConfigFiles.Limit, cancellationToken));
        return described.Layers.DiffIds.Length == file.Layers.Length
            ? (digest, described)
            : throw NaruException.Invalid($"{name}: the manifest has {file.Layers.Length} layers and the configuration {described.Layers.DiffIds.Length}");
    }

    private Task<IDisposable> BringAsync(
        RegistrySession session,
        ImageReference name,
        FetchedManifest manifest,
        Image described,
        bool wasHere,
        IProgress<ImageProgress> progress,
        CancellationToken cancellationToken)
    {
        var wanted = manifest.File.Layers!;
        var shorts = wanted.Select(layer => Digest.Parse(layer.Digest ?? "").Short).ToArray();
        if (!wasHere)
        {
            foreach (var id in shorts)
            {
                progress.Report(new(id, "Pulling fs layer"));
            }
        }

        return assembler.AssembleAsync(
            described.Layers,
            options.ConcurrentDownloads,
            index =>
            {
                if (!wasHere)
                {
                    progress.Report(new(shorts[index], "Already exists"));
                }
            },
            (index, parent, staged, token) =>
                fetcher.FetchAsync(session, name, wanted[index], described.Layers.DiffIds[index], parent, staged, progress, token),
            cancellationToken);
    }

    private (Image Image, bool IsNew) Register(ImageReference name, Digest named, Digest manifest, Image described)
    {
        var image = catalogue.Describe(described.ConfigBytes, parent: null, manifest);
        var byDigest = name with { Tag = null, Digest = named };
        var now = time.GetUtcNow();
        return catalogue.Change(state =>
        {
            var isNew = name.Tag is null
                ? state.Names.GetValueOrDefault(byDigest.Canonical) != image.Id
                : state.Names.GetValueOrDefault((name with { Digest = null }).Canonical) != image.Id;
            var next = state.Images.TryGetValue(image.Id, out var known) ? state.WithImage(known with { Manifest = manifest }) : state.WithImage(image);
            next = next.WithName(byDigest, image.Id, now);
            if (name.Tag is not null && name.Digest is null && isNew)
            {
                next = next.WithName(name, image.Id, now);
            }

            return (next, (next.Images[image.Id], isNew));
        });
    }

    private void NoteSources(ImageReference name, FetchedManifest manifest, Image image)
    {
        var chainIds = layers.ChainIds(image.Layers);
        for (var index = 0; index < chainIds.Length; index++)
        {
            var layer = manifest.File.Layers![index];
            layers.AddPacked(chainIds[index], new()
            {
                Digest = layer.Digest!,
                Size = layer.Size,
                MediaType = layer.MediaType ?? MediaTypes.DockerLayer,
                Source = $"{name.Registry}/{name.Repository}",
            });
        }
    }

    [LoggerMessage(2040, LogLevel.Warning, "The mirror {Mirror} does not give {Name}: {Problem}")]
    private partial void LogMirror(Uri mirror, ImageReference name, string problem);
}

using System.Net;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Formats;

namespace Naru.Images.Registries;

/// <summary>Fetches manifests, indexes and configurations and checks them.</summary>
internal static class ManifestFetcher
{
    /// <summary>Largest manifest, as the distribution project's registry has it.</summary>
    private const int ManifestLimit = 4 << 20;

    internal static string PullScope(ImageReference name) => $"repository:{name.Repository}:pull";

    /// <summary>What the name's tag or digest stands for.</summary>
    internal static Task<FetchedManifest> GetAsync(RegistrySession session, ImageReference name, CancellationToken cancellationToken) =>
        GetAsync(session, name, name.Digest?.Value ?? name.Tag ?? "latest", cancellationToken);

    /// <summary>The manifest for a platform, and the digest that the name itself stands for.</summary>
    internal static async Task<(FetchedManifest Manifest, Digest Named)> GetForAsync(
        RegistrySession session, ImageReference name, Platform? platform, CancellationToken cancellationToken)
    {
        var top = await GetAsync(session, name, cancellationToken);
        var manifest = top;
        for (var depth = 0; MediaTypes.IsIndex(manifest.MediaType); depth++)
        {
            var chosen = depth > 3 ? null : PlatformChoice.Choose(manifest.File.Manifests ?? [], platform);
            if (chosen?.Digest is null)
            {
                throw NaruException.NotFound($"no matching manifest for {platform ?? HostPlatform.Current} in the manifest list entries");
            }

            manifest = await GetAsync(session, name, Digest.Parse(chosen.Digest).Value, cancellationToken);
        }

        return (manifest, top.Digest);
    }

    /// <summary>A small blob, whole.</summary>
    internal static async Task<byte[]> GetBlobAsync(RegistrySession session, ImageReference name, Digest digest, int limit, CancellationToken cancellationToken)
    {
        using var response = await session.SendAsync(
            session.Address($"{name.Repository}/blobs/{digest}"), PullScope(name), static uri => new(HttpMethod.Get, uri), cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await RegistryErrors.FromAsync(response, cancellationToken);
        }

        var body = await RegistryErrors.ReadBodyAsync(response, limit + 1, cancellationToken);
        return body.Length <= limit && Digest.Of(body) == digest
            ? body
            : throw new NaruException(ErrorKind.DataLoss, $"registry {session.Endpoint.Host} served blob {digest} with other content");
    }

    private static async Task<FetchedManifest> GetAsync(
        RegistrySession session, ImageReference name, string reference, CancellationToken cancellationToken)
    {
        using var response = await session.SendAsync(
            session.Address($"{name.Repository}/manifests/{reference}"),
            PullScope(name),
            static uri =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, uri);
                foreach (var type in MediaTypes.Wanted)
                {
                    request.Headers.Accept.Add(new(type));
                }

                return request;
            },
            cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Explain(await RegistryErrors.FromAsync(response, cancellationToken), name, response.StatusCode);
        }

        var body = await RegistryErrors.ReadBodyAsync(response, ManifestLimit + 1, cancellationToken);
        if (body.Length > ManifestLimit)
        {
            throw NaruException.Invalid($"the manifest of {name} has more than {ManifestLimit} bytes");
        }

        return Read(name, reference, body, response.Content.Headers.ContentType?.MediaType);
    }

    private static FetchedManifest Read(ImageReference name, string reference, byte[] body, string? contentType)
    {
        var digest = Digest.Of(body);
        if (Digest.TryParse(reference, out var wanted) && wanted != digest)
        {
            throw new NaruException(ErrorKind.DataLoss, $"manifest verification failed for digest {wanted}: it is {digest}");
        }

        ManifestFile file;
        try
        {
            file = JsonSerializer.Deserialize(body, FormatsJson.Default.ManifestFile) ?? throw new JsonException("null");
        }
        catch (JsonException broken)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"the manifest of {name} cannot be read: {broken.Message}", broken);
        }

        var type = file.MediaType ?? contentType ?? "";
        if (MediaTypes.IsSchemaOne(type) || file.SchemaVersion == 1 || file.SchemaOneLayers is not null)
        {
            throw new NaruException(
                ErrorKind.NotImplemented, $"{name}: Docker Image manifest version 2, schema 1 is not supported; push the image again with a current client");
        }

        type = MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type) ? type
            : file.Manifests is not null ? MediaTypes.OciIndex
            : file.Config is not null ? MediaTypes.OciManifest
            : throw NaruException.Invalid($"{name} is no image: its manifest has the type \"{type}\"");
        return new(body, digest, type, file);
    }

    private static NaruException Explain(NaruException refusal, ImageReference name, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound when refusal.Message.StartsWith("name unknown", StringComparison.Ordinal) =>
            new(ErrorKind.NotFound, $"repository {name.FamiliarRepository} not found: {refusal.Message}", refusal),
        HttpStatusCode.NotFound => new(ErrorKind.NotFound, $"manifest for {name} not found: {refusal.Message}", refusal),
        HttpStatusCode.Unauthorized when name.Registry == ImageReference.DefaultRegistry => Denied(refusal, name),
        HttpStatusCode.Forbidden => Denied(refusal, name),
        _ => refusal,
    };

    private static NaruException Denied(NaruException refusal, ImageReference name) => new(
        ErrorKind.NotFound, $"pull access denied for {name.FamiliarRepository}, repository does not exist or may require 'docker login': {refusal.Message}", refusal);
}

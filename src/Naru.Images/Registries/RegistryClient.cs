using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Formats;

namespace Naru.Images.Registries;

/// <summary>Registries that speak the OCI distribution protocol.</summary>
internal sealed class RegistryClient(RegistryConnector connector, RegistryTransport transport, ImagePuller puller, ImagePusher pusher) : IRegistries
{
    private const int BodyLimit = 4 << 20;
    private const int MaxTagPages = 10_000;
    private const string SearchHost = "index.docker.io";

    public Task<Pulled> PullAsync(
        ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        puller.PullAsync(name, platform, credentials, progress, cancellationToken);

    public async Task<ImmutableArray<Pulled>> PullAllTagsAsync(
        ImageReference repository, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var session = await connector.ConnectAsync(repository.Registry, credentials, cancellationToken);
        var pulled = ImmutableArray.CreateBuilder<Pulled>();
        foreach (var tag in await ListTagsAsync(session, repository, cancellationToken))
        {
            pulled.Add(await puller.PullAsync(session, repository with { Tag = tag, Digest = null }, platform, progress, cancellationToken));
        }

        return pulled.ToImmutable();
    }

    public async Task<Pushed> PushAsync(
        ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        name = name.WithDefaultTag();
        return (await pusher.PushAsync(name, [name], platform, credentials, progress, cancellationToken))[0];
    }

    public Task<ImmutableArray<Pushed>> PushAllTagsAsync(
        ImageReference repository, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        pusher.PushAsync(repository, pusher.TagsOf(repository), null, credentials, progress, cancellationToken);

    public async Task<Distribution> ResolveAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var session = await connector.ConnectAsync(name.Registry, credentials, cancellationToken);
        var manifest = await ManifestFetcher.GetAsync(session, name.WithDefaultTag(), cancellationToken);
        ImmutableArray<Platform> platforms;
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            platforms = [.. (manifest.File.Manifests ?? []).Where(entry => entry.Platform is not null).Select(entry => PlatformChoice.ToPlatform(entry.Platform!))];
        }
        else
        {
            var config = Digest.Parse(manifest.File.Config?.Digest ?? "");
            platforms = [ConfigFiles.Read(await ManifestFetcher.GetBlobAsync(session, name, config, ConfigFiles.Limit, cancellationToken)).Platform];
        }

        return new(manifest.MediaType, manifest.Digest, manifest.Bytes.Length, platforms);
    }

    public async Task<string> LogInAsync(RegistryCredentials credentials, CancellationToken cancellationToken)
    {
        var registry = RegistryOf(credentials.Server);
        var session = await connector.ConnectAsync(registry, credentials, cancellationToken);
        if (session.Tokens.HasChallenge)
        {
            await session.Tokens.LogInAsync(cancellationToken);
            var status = await session.PingAsync(cancellationToken);
            if (status != HttpStatusCode.OK)
            {
                throw new NaruException(
                    ErrorKind.Unauthenticated, $"login attempt to {session.Address("")} failed with status: {(int)status} {status}");
            }
        }

        return session.Tokens.RefreshToken;
    }

    public async Task<ImmutableArray<SearchHit>> SearchAsync(string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var slash = term.IndexOf('/', StringComparison.Ordinal);
        var named = slash > 0 && term.AsSpan(0, slash).ContainsAny('.', ':') ? term[..slash] : null;
        var address = new Uri($"https://{named ?? SearchHost}/v1/search?q={Uri.EscapeDataString(named is null ? term : term[(slash + 1)..])}&n={limit}");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = await transport.Get(address.Authority, insecure: false).SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new NaruException(ErrorKind.Unavailable, $"Unexpected status code {(int)response.StatusCode} from {address.Host} while searching");
            }

            var body = await RegistryErrors.ReadBodyAsync(response, BodyLimit, cancellationToken);
            var file = JsonSerializer.Deserialize(body, RegistryJson.Default.SearchFile);
            return [.. (file?.Results ?? []).Select(line => new SearchHit(line.Name ?? "", line.Description ?? "", line.Stars, line.IsOfficial, line.IsAutomated))];
        }
        catch (HttpRequestException unreachable)
        {
            throw RegistryErrors.Unreachable(address, unreachable);
        }
        catch (JsonException broken)
        {
            throw new NaruException(ErrorKind.Unavailable, $"{address.Host} gave an answer that cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>"https://index.docker.io/v1/" and other addresses that clients send for a registry.</summary>
    private static string RegistryOf(string server)
    {
        var host = server.Contains("://", StringComparison.Ordinal) ? new Uri(server).Authority : server.Split('/')[0];
        return host is "" or "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultRegistry : host;
    }

    private static async Task<List<string>> ListTagsAsync(RegistrySession session, ImageReference repository, CancellationToken cancellationToken)
    {
        var tags = new List<string>();
        var address = session.Address($"{repository.Repository}/tags/list");
        for (var page = 0; page < MaxTagPages; page++)
        {
            using var response = await session.SendAsync(
                address, ManifestFetcher.PullScope(repository), static uri => new(HttpMethod.Get, uri), cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await RegistryErrors.FromAsync(response, cancellationToken);
            }

            try
            {
                var body = await RegistryErrors.ReadBodyAsync(response, BodyLimit, cancellationToken);
                tags.AddRange(JsonSerializer.Deserialize(body, RegistryJson.Default.TagsFile)?.Tags ?? []);
            }
            catch (JsonException broken)
            {
                throw new NaruException(ErrorKind.Unavailable, $"registry {session.Endpoint.Host} gave a list of tags that cannot be read", broken);
            }

            // Link: </v2/x/tags/list?last=b&n=2>; rel="next"
            if (!response.Headers.TryGetValues("Link", out var links)
                || links.FirstOrDefault(link => link.Contains("rel=\"next\"", StringComparison.Ordinal)) is not { } next
                || next.IndexOf('>', StringComparison.Ordinal) is var end && end < 2)
            {
                return tags;
            }

            address = session.Continue(address, new Uri(next[1..end], UriKind.RelativeOrAbsolute));
        }

        return tags;
    }
}

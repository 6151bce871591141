using System.Globalization;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>What is asked of registries and changes nothing here: log in, search, distribution.</summary>
internal sealed class RegistryRoutes(IRegistries registries) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Post("/auth", LogInAsync);
        routes.Get("/images/search", SearchAsync);
        routes.Get("/distribution/{name*}/json", DistributionAsync);
    }

    private async Task LogInAsync(DockerCall call)
    {
        var auth = await call.RequireJsonAsync<AuthConfig>();
        var credentials = RegistryAuth.ToCore(auth) ?? throw new NaruException(ErrorKind.Unauthenticated, "no credentials were given");
        var token = await registries.LogInAsync(credentials, call.Aborted);
        await call.JsonAsync(new AuthResponse { Status = "Login Succeeded", IdentityToken = token });
    }

    private async Task SearchAsync(DockerCall call)
    {
        var term = call.Query("term");
        if (string.IsNullOrEmpty(term))
        {
            throw DockerException.BadRequest("search term cannot be empty");
        }
        var limit = call.Number("limit") ?? 0;
        if (limit is < 0 or > 100)
        {
            throw DockerException.BadRequest($"limit {limit} is outside the range of [1, 100]");
        }
        var filters = call.Filters().Allow("is-automated", "is-official", "stars");
        var official = filters.Flag("is-official");
        var automated = filters.Flag("is-automated");
        var stars = filters["stars"].Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw DockerException.BadRequest($"invalid filter 'stars=[{text}]'")).DefaultIfEmpty(0).Max();
        var hits = await registries.SearchAsync(term, limit == 0 ? 25 : (int)limit, RegistryAuth.FromHeader(call), call.Aborted);
        await call.JsonAsync(hits
            .Where(hit => (official is null || official == hit.Official) && automated is not true && hit.Stars >= stars)
            .Select(hit => new SearchResult { Name = hit.Name, Description = hit.Description, StarCount = hit.Stars, IsOfficial = hit.Official, IsAutomated = false })
            .ToArray());
    }

    private async Task DistributionAsync(DockerCall call)
    {
        var name = ImageReference.Parse(call.Name).WithDefaultTag();
        var found = await registries.ResolveAsync(name, RegistryAuth.FromHeader(call), call.Aborted);
        await call.JsonAsync(new DistributionInspect
        {
            Descriptor = new OciDescriptor { MediaType = found.MediaType, Digest = found.Digest.Value, Size = found.Size },
            Platforms = [.. found.Platforms.Select(PlatformText.Show)],
        });
    }
}

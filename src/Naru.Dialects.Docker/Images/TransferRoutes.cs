using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Images;

/// <summary>Images that come and go: pull, push, import, load, save.</summary>
internal sealed class TransferRoutes(IImages images, IRegistries registries, IHost host, ImportSource imports) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Post("/images/create", CreateAsync);
        routes.Post("/images/load", LoadAsync);
        routes.Get("/images/get", call => SaveAsync(call, [.. call.QueryAll("names").SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries))]));
        routes.Get("/images/{name*}/get", call => SaveAsync(call, [call.Name]));
        routes.Post("/images/{name*}/push", PushAsync);
    }

    private Task CreateAsync(DockerCall call)
    {
        var platform = call.Version.AtLeast(32) ? PlatformText.FromWord(call.Query("platform"), host.Read().Platform) : null;
        return call.Query("fromImage") is { Length: > 0 } name ? PullAsync(call, name, platform) : ImportAsync(call, platform);
    }

    private Task PullAsync(DockerCall call, string name, Platform? platform)
    {
        var reference = RepositoryName.Remote(name, call.Query("tag"));
        var credentials = RegistryAuth.FromHeader(call);
        return ProgressStream.RunAsync(call, async (progress, aborted) =>
        {
            var told = new PullTeller(progress, reference);
            if (reference.Tag is null && reference.Digest is null)
            {
                foreach (var one in await registries.PullAllTagsAsync(reference, platform, credentials, told, aborted))
                {
                    told.End(one, reference);
                }
                return;
            }
            told.End(await registries.PullAsync(reference, platform, credentials, told, aborted), reference);
        });
    }

    private Task ImportAsync(DockerCall call, Platform? platform)
    {
        var source = call.Query("fromSrc") ?? "";
        if (source.Length == 0)
        {
            throw DockerException.BadRequest("fromImage or fromSrc is required");
        }
        var name = RepositoryName.ParseOptional(call.Query("repo"), call.Query("tag"));
        var template = new ImageDraft
        {
            Config = ConfigChanges.Apply(new Naru.Core.Images.ImageConfig(), call.QueryAll("changes")),
            Platform = platform,
            Comment = call.Query("message") is { Length: > 0 } message ? message : source == "-" ? "Imported from -" : $"Imported from {source}",
        };
        return ProgressStream.RunAsync(call, async (progress, aborted) =>
        {
            await using var archive = await imports.OpenAsync(call, source, progress, aborted);
            var image = await images.ImportAsync(archive, template, name, aborted);
            progress.Status(image.Id.Value);
        });
    }

    private Task LoadAsync(DockerCall call)
    {
        var platform = PlatformText.JsonParameter(call, since: 48);
        return ProgressStream.RunAsync(call, async (progress, aborted) =>
        {
            await images.LoadAsync(call.Body, platform, new LoadTeller(progress, call.Flag("quiet", otherwise: true)), aborted);
        });
    }

    private async Task SaveAsync(DockerCall call, string[] names)
    {
        if (names.Length == 0)
        {
            throw DockerException.BadRequest("no image was named to save");
        }
        var platform = PlatformText.JsonParameter(call, since: 48);
        foreach (var name in names)
        {
            // Whatever is unknown is told before the stream begins.
            Check(name);
        }
        call.Http.Response.ContentType = "application/x-tar";
        await images.SaveAsync(names, platform, call.Http.Response.Body, call.Aborted);
    }

    private void Check(string name)
    {
        if (images.Find(name) is null && !(ImageReference.TryParse(name, out var reference, out _) && reference!.Tag is null && reference.Digest is null && HasTags(reference)))
        {
            throw NaruException.NotFound($"reference does not exist: {name}");
        }
    }

    private bool HasTags(ImageReference repository) =>
        images.List().SelectMany(image => image.Tags).Any(tag => tag.StartsWith(repository.FamiliarRepository + ":", StringComparison.Ordinal));

    private Task PushAsync(DockerCall call)
    {
        var reference = RepositoryName.Remote(call.Name, call.Query("tag"));
        if (reference.Digest is not null)
        {
            throw DockerException.BadRequest("cannot push a digest reference");
        }
        var platform = PlatformText.JsonParameter(call, since: 46);
        var credentials = RegistryAuth.FromHeader(call);
        return ProgressStream.RunAsync(call, async (progress, aborted) =>
        {
            var told = new PushTeller(progress, reference);
            if (reference.Tag is null)
            {
                foreach (var one in await registries.PushAllTagsAsync(reference, credentials, told, aborted))
                {
                    told.End(one);
                }
                return;
            }
            told.End(await registries.PushAsync(reference, platform, credentials, told, aborted));
        });
    }
}

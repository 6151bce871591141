using Naru.Core.Errors;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Plugins;

/// <summary>There are no managed plugins: the list is empty and every name unknown.</summary>
internal sealed class PluginRoutes : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/plugins", ListAsync);
        routes.Get("/plugins/privileges", RefuseAsync);
        routes.Post("/plugins/pull", RefuseAsync);
        routes.Post("/plugins/create", RefuseAsync);
        routes.Get("/plugins/{name*}/json", UnknownAsync);
        routes.Delete("/plugins/{name*}", UnknownAsync);
        foreach (var action in (string[])["enable", "disable", "upgrade", "push", "set"])
        {
            routes.Post($"/plugins/{{name*}}/{action}", UnknownAsync);
        }
    }

    private static Task ListAsync(DockerCall call)
    {
        call.Filters().Allow("capability", "enabled");
        return call.JsonAsync<string[]>([]);
    }

    private static Task UnknownAsync(DockerCall call) => throw NaruException.NotFound($"plugin \"{call.Name}\" not found");

    private static Task RefuseAsync(DockerCall call) => throw DockerException.NotImplemented("plugins are not supported by this engine");
}

using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Swarm;

/// <summary>What a docker engine outside a swarm answers to everything that needs one.</summary>
internal sealed class SwarmRoutes : IDockerRouteGroup
{
    public const string NotManager =
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";

    public const string NotMember = "This node is not part of a swarm";

    public void Map(DockerRoutes routes)
    {
        foreach (var noun in (string[])["services", "secrets", "configs"])
        {
            routes.Get($"/{noun}", RefuseAsync);
            routes.Post($"/{noun}/create", RefuseAsync);
            routes.Get($"/{noun}/{{id}}", RefuseAsync);
            routes.Delete($"/{noun}/{{id}}", RefuseAsync);
            routes.Post($"/{noun}/{{id}}/update", RefuseVersionedAsync);
        }
        routes.Get("/services/{id}/logs", RefuseAsync);
        routes.Get("/nodes", RefuseAsync);
        routes.Get("/nodes/{id}", RefuseAsync);
        routes.Delete("/nodes/{id}", RefuseAsync);
        routes.Post("/nodes/{id}/update", RefuseVersionedAsync);
        routes.Get("/tasks", RefuseAsync);
        routes.Get("/tasks/{id}", RefuseAsync);
        routes.Get("/tasks/{id}/logs", RefuseAsync);
        routes.Get("/swarm", RefuseAsync);
        routes.Post("/swarm/update", RefuseVersionedAsync);
        routes.Get("/swarm/unlockkey", RefuseAsync);
        routes.Post("/swarm/leave", _ => throw DockerException.Unavailable(NotMember));
        routes.Post("/swarm/unlock", _ => throw DockerException.Unavailable(NotMember));
        routes.Post("/swarm/init", RefuseInitAsync);
        routes.Post("/swarm/join", RefuseInitAsync);
    }

    private static Task RefuseAsync(DockerCall call)
    {
        call.Filters();
        throw DockerException.Unavailable(NotManager);
    }

    private static Task RefuseVersionedAsync(DockerCall call)
    {
        var text = call.Query("version") ?? "";
        if (!ulong.TryParse(text, out _))
        {
            throw DockerException.BadRequest($"invalid version '{text}': strconv.ParseUint: parsing \"{text}\": invalid syntax");
        }
        throw DockerException.Unavailable(NotManager);
    }

    private static Task RefuseInitAsync(DockerCall call) =>
        throw DockerException.NotImplemented("this engine serves one host: swarm mode is not part of it");
}

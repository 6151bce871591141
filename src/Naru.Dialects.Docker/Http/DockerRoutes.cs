using Naru.Dialects.Http.Routing;

namespace Naru.Dialects.Docker.Http;

/// <summary>Collects the routes of all nouns.</summary>
internal sealed class DockerRoutes
{
    private readonly RouteTable<DockerHandler> _table = new();

    public void Get(string pattern, DockerHandler handler) => _table.Add("GET", pattern, handler);

    public void Head(string pattern, DockerHandler handler) => _table.Add("HEAD", pattern, handler);

    public void Post(string pattern, DockerHandler handler) => _table.Add("POST", pattern, handler);

    public void Put(string pattern, DockerHandler handler) => _table.Add("PUT", pattern, handler);

    public void Delete(string pattern, DockerHandler handler) => _table.Add("DELETE", pattern, handler);

    public DockerHandler? Find(string method, string path, out RouteValues values, out string? pattern) =>
        _table.Find(method, path, out values, out pattern);

    public IEnumerable<(string Method, string Pattern)> All => _table.All;
}

/// <summary>The routes of one noun.</summary>
internal interface IDockerRouteGroup
{
    void Map(DockerRoutes routes);
}

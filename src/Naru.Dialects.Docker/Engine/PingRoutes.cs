using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Engine;

/// <summary>The first thing every client asks.</summary>
internal sealed class PingRoutes : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/_ping", call => PingAsync(call, body: true));
        routes.Head("/_ping", call => PingAsync(call, body: false));
    }

    /// <summary>
    /// Command lines before 23 have BuildKit's client built in and would send its builds through <c>/build</c> itself; they keep the classic
    /// builder. Later ones come with buildx.
    /// </summary>
    internal static string BuilderFor(string? userAgent)
    {
        const string Client = "Docker-Client/";
        var start = userAgent?.IndexOf(Client, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return "2";
        }
        var rest = userAgent.AsSpan(start + Client.Length);
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? rest : rest[..end], out var major) && major < 23 ? "1" : "2";
    }

    private static async Task PingAsync(DockerCall call, bool body)
    {
        var headers = call.Http.Response.Headers;
        headers["Builder-Version"] = call.Access.IsFull ? BuilderFor(call.Header("User-Agent")) : "1";
        headers["Swarm"] = "inactive";
        headers.CacheControl = "no-cache, no-store, must-revalidate";
        headers.Pragma = "no-cache";
        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        call.Http.Response.ContentLength = body ? 2 : 0;
        if (body)
        {
            await call.Http.Response.Body.WriteAsync("OK"u8.ToArray(), call.Aborted);
        }
    }
}

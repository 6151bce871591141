using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary><c>/</c>: the paths that there are. <c>/logs</c> is refused: there are no files to browse here.</summary>
internal sealed class RootEndpoint(GroupDirectory directory, AnswerSender sender) : IPathEndpoint
{
    private static readonly string[] Fixed =
        ["/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version", "/.well-known/openid-configuration"];

    public bool Takes(string path) => path is "/" or "/index.html" || path == "/logs" || path.StartsWith("/logs/", StringComparison.Ordinal);

    public Task HandleAsync(Exchange exchange)
    {
        if (exchange.Target.Path.StartsWith("/logs", StringComparison.Ordinal))
        {
            throw new StatusFailure(403, "Forbidden", "forbidden: log files are not served");
        }

        var paths = new List<string> { "/api", "/api/v1", "/apis" };
        foreach (var group in directory.Read().Where(static one => one.Name.Length > 0))
        {
            paths.Add($"/apis/{group.Name}");
            paths.AddRange(group.Versions.Select(version => $"/apis/{group.Name}/{version.Version}"));
        }

        paths.AddRange(Fixed);
        return sender.SendAsync(exchange, new MapValue { ["paths"] = new ListValue(paths.Select(static one => (Value)one)) }, 200, new AnswerForm(WireFormat.Json) { Pretty = true });
    }
}

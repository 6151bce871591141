using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary><c>nodes/proxy</c>, <c>pods/proxy</c> and <c>services/proxy</c>: requests handed on to what the object stands for.</summary>
internal sealed class ProxyStreams(IObjects objects, NodeTargets nodes, ServiceTargets services, UpstreamForwarder forwarder, ConnectAdmission admission, KubernetesDialectOptions options) : IResourceForwarder
{
    private static readonly GroupResource Pods = new("", "pods");

    public bool Takes(Exchange exchange) => exchange is
    {
        Resource.Resource: { Group: "", Resource: "pods" or "services" or "nodes" },
        Target: { Subresource: "proxy", Name.Length: > 0 },
    };

    public async Task HandleAsync(Exchange exchange)
    {
        var target = exchange.Target;
        var http = exchange.Http;
        if (target.Rest is null && !target.Path.EndsWith('/') && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            && http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
        {
            // Relative links of a page only work below a slash.
            http.Response.StatusCode = 301;
            http.Response.Headers.Location = target.Path + "/" + http.Request.QueryString.Value;
            return;
        }

        await admission.CheckAsync(exchange, ConnectOptions.Read(exchange, target.Resource switch { "pods" => "PodProxyOptions", "nodes" => "NodeProxyOptions", _ => "ServiceProxyOptions" }));
        var (scheme, name, port) = Split(target.Name);
        var upstream = target.Resource switch
        {
            "nodes" => await nodes.FindAsync(name, port, exchange.Cancellation),
            "pods" => PodAt(target.Namespace, name, scheme, port),
            _ => ServiceAt(target.Namespace, name, scheme, port),
        };
        var root = RootOf(target.Resource, target.Namespace, target.Name);
        await forwarder.ForwardAsync(exchange, upstream, PathOf(http, root), [new("X-Forwarded-Uri", root), new("X-Forwarded-Host", http.Request.Host.Value ?? ""), new("X-Forwarded-Proto", http.Request.Scheme)],
            location => Rewrite(location, upstream, root));
    }

    /// <summary>Takes <c>scheme:name:port</c>, <c>name:port</c> and <c>name</c> apart.</summary>
    public static (string Scheme, string Name, string Port) Split(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            [var name] => ("", name, ""),
            [var name, var port] => ("", name, port),
            [("" or "http" or "https") and var scheme, var name, var port] => (scheme, name, port),
            _ => throw StatusFailure.BadRequest($"invalid proxy request \"{text}\""),
        };
    }

    private static string RootOf(string resource, string space, string name) =>
        space.Length == 0 ? $"/api/v1/{resource}/{name}/proxy" : $"/api/v1/namespaces/{space}/{resource}/{name}/proxy";

    // What the client wrote after the root, not decoded: the other side decodes it.
    private static string PathOf(HttpContext http, string root)
    {
        var raw = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var place = raw.IndexOf("/proxy", StringComparison.Ordinal);
        var rest = place < 0 ? "" : raw[(place + "/proxy".Length)..];
        return rest.Length == 0 || rest[0] == '?' ? "/" + rest : rest;
    }

    private static string Rewrite(string location, Upstream upstream, string root)
    {
        if (location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal))
        {
            // A server that knows where it is served has said so already.
            return location == root || location.StartsWith(root + "/", StringComparison.Ordinal) ? location : root + location;
        }

        return Uri.TryCreate(location, UriKind.Absolute, out var address) && address.Host == upstream.Host && address.Port == upstream.Port
            ? root + address.PathAndQuery
            : location;
    }

    private Upstream PodAt(string space, string name, string scheme, string port)
    {
        var pod = objects.Get(Pods, space, name)?.Tree
            ?? throw new NaruException(ErrorKind.NotFound, $"pods \"{name}\" not found") { Details = new FailureDetails { Kind = "pods", Name = name } };
        var address = pod.Text("status", "podIP");
        if (string.IsNullOrEmpty(address))
        {
            throw StatusFailure.BadRequest($"address not allowed: pod \"{name}\" has no address");
        }

        var number = pod.Maps("spec", "containers").SelectMany(static one => one.Maps("ports")).FirstOrDefault(one => port.Length == 0 || one.Text("name") == port)?.Integer("containerPort");
        var wanted = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : (int)(number ?? (scheme == "https" ? 443 : 80));
        return At(scheme, address, wanted);
    }

    private Upstream ServiceAt(string space, string name, string scheme, string port)
    {
        var (host, number) = services.Find(space, name, port);
        return At(scheme, host, number);
    }

    private Upstream At(string scheme, string host, int port)
    {
        if (!options.ProxyToLoopback && System.Net.IPAddress.TryParse(host, out var address) && (System.Net.IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.ToString().StartsWith("169.254.", StringComparison.Ordinal)))
        {
            // Through the API server nobody reaches what listens on its own host only.
            throw StatusFailure.BadRequest($"address not allowed: {host}");
        }

        return new Upstream { Scheme = scheme == "https" ? "https" : "http", Host = host, Port = port };
    }
}

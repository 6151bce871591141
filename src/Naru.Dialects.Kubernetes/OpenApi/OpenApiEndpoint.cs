using System.Globalization;
using Naru.Dialects.Kubernetes.Aggregation;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary><c>/openapi/v2</c>, <c>/openapi/v3</c> and its documents. Addresses with a hash never change what they stand for, and say so.</summary>
internal sealed class OpenApiEndpoint(OpenApiDocuments documents, ApiServiceTable services, AggregatedTargets targets, UpstreamForwarder forwarder, AnswerSender sender, TimeProvider time) : IPathEndpoint
{
    // Clients ask by a name that is no media type: a token has no @ (RFC 9110, section 5.6.2). The answer has a dot there, else clients in Go refuse to read it.
    private const string AskedV2 = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    private const string ProtobufV2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string Root = "/openapi/v3/";

    public bool Takes(string path) => path is "/openapi/v2" or "/openapi/v3" || path.StartsWith(Root, StringComparison.Ordinal);

    public Task HandleAsync(Exchange exchange) => exchange.Target.Path switch
    {
        "/openapi/v2" => SendV2Async(exchange),
        "/openapi/v3" or Root => SendIndexAsync(exchange),
        var path => SendV3Async(exchange, path[Root.Length..].TrimEnd('/')),
    };

    private Task SendIndexAsync(Exchange exchange)
    {
        var paths = new MapValue();
        foreach (var (path, resources) in documents.Versions())
        {
            paths[path] = new MapValue { ["serverRelativeURL"] = $"{Root}{path}?hash={documents.HashOf(resources)}" };
        }

        foreach (var service in services.Remote.Where(static one => one.IsAvailable))
        {
            var path = $"apis/{service.Group}/{service.Version}";
            if (!paths.Has(path))
            {
                paths[path] = new MapValue { ["serverRelativeURL"] = Root + path };
            }
        }

        return sender.SendAsync(exchange, new Payload(JsonText.ToBytes(new MapValue { ["paths"] = paths })), 200, "text/plain; charset=utf-8");
    }

    private Task SendV3Async(Exchange exchange, string path)
    {
        var (_, resources) = documents.Versions().FirstOrDefault(one => one.Path == path);
        if (resources is null)
        {
            return SendRemoteAsync(exchange, path);
        }

        Negotiate(exchange);
        var hash = documents.HashOf(resources);
        var http = exchange.Http;
        if (exchange.Query("hash") is { Length: > 0 } asked && asked != hash)
        {
            http.Response.StatusCode = 301;
            http.Response.Headers.Location = $"{Root}{path}?hash={hash}";
            return Task.CompletedTask;
        }

        if (exchange.Query("hash").Length > 0)
        {
            http.Response.Headers.CacheControl = "public, immutable";
            http.Response.Headers.Expires = time.GetUtcNow().AddYears(1).ToString("R", CultureInfo.InvariantCulture);
        }

        return IsKnown(exchange, hash) ? Task.CompletedTask : sender.SendAsync(exchange, new Payload(JsonText.ToBytes(documents.WriteV3(resources))), 200, "application/json");
    }

    private Task SendRemoteAsync(Exchange exchange, string path)
    {
        var service = path.Split('/') is ["apis", var group, var version] ? services.Find(group, version) : null;
        return service is null
            ? throw StatusFailure.NoSuchPath()
            : forwarder.ForwardAsync(exchange, targets.Find(service), Root + path, AggregatedTargets.HeadersOf(exchange.User));
    }

    private Task SendV2Async(Exchange exchange)
    {
        var type = exchange.Http.Request.Headers.Accept.ToString() is { Length: > 0 } accept
            ? MediaType.ReadAll(accept).Select(static one => one.Name).FirstOrDefault(static one => one is "application/json" or "*/*" or "application/*" or AskedV2 or ProtobufV2)
                ?? throw StatusFailure.NotAcceptable($"application/json, {AskedV2}")
            : "application/json";
        var isProtobuf = type is AskedV2 or ProtobufV2;
        exchange.Http.Response.Headers.Vary = "Accept";
        if (IsKnown(exchange, documents.HashOfAll() + (isProtobuf ? "P" : "")))
        {
            return Task.CompletedTask;
        }

        var document = documents.WriteV2();
        return sender.SendAsync(exchange, new Payload(isProtobuf ? GnosticForm.Write(document) : JsonText.ToBytes(document)), 200, isProtobuf ? ProtobufV2 : "application/json");
    }

    private static void Negotiate(Exchange exchange)
    {
        var accept = exchange.Http.Request.Headers.Accept.ToString();
        if (accept.Length > 0 && !MediaType.ReadAll(accept).Any(static one => one.Name is "application/json" or "*/*" or "application/*"))
        {
            throw StatusFailure.NotAcceptable("application/json");
        }
    }

    // Sets the tag; the client may have what it stands for.
    private static bool IsKnown(Exchange exchange, string hash)
    {
        var tag = $"\"{hash}\"";
        exchange.Http.Response.Headers.ETag = tag;
        if (exchange.Http.Request.Headers.IfNoneMatch.ToString() != tag)
        {
            return false;
        }

        exchange.Http.Response.StatusCode = 304;
        return true;
    }
}

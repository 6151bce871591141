using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Json;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary><c>/api</c>, <c>/apis</c> and what lies below them down to a version. Documents of all resources are written once for each state of the directory.</summary>
internal sealed class DiscoveryEndpoint(GroupDirectory directory, AnswerSender sender, KubernetesDialectOptions options) : IPathEndpoint
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Document> _documents = [];
    private (long, long) _generation;

    public bool Takes(string path) => PartsOf(path) is ["api" or "apis"] or ["api", _] or ["apis", _] or ["apis", _, _];

    public Task HandleAsync(Exchange exchange)
    {
        if (exchange.Target.Verb is not ("get" or "head"))
        {
            throw StatusFailure.MethodNotAllowed();
        }

        var parts = PartsOf(exchange.Target.Path);
        if (parts.Length == 1 && AggregatedVersionOf(exchange.Http.Request) is { } version)
        {
            return SendAggregatedAsync(exchange, parts[0] == "api", version);
        }

        var groups = directory.Read();
        var document = parts switch
        {
            ["api"] => PlainDiscovery.Versions(AddressOf(exchange.Http)),
            ["apis"] => PlainDiscovery.Groups(groups.Where(static one => one.Name.Length > 0)),
            ["api", var core] => PlainDiscovery.Resources("", Find(groups, "", core)),
            ["apis", var group] => PlainDiscovery.Group(Find(groups, group)),
            [_, var group, var name] => PlainDiscovery.Resources(group, Find(groups, group, name)),
            _ => throw StatusFailure.NoSuchPath(),
        };
        var form = AnswerNegotiation.Negotiate(exchange.Http.Request, hasProtobuf: false);
        exchange.Http.Response.Headers.Vary = "Accept";
        return sender.SendAsync(exchange, document, 200, form with { Shape = Shape.Whole });
    }

    private async Task SendAggregatedAsync(Exchange exchange, bool isCore, string version)
    {
        var document = Aggregated(isCore, version);
        var headers = exchange.Http.Response.Headers;
        headers.ETag = document.Tag;
        headers.Vary = "Accept";
        headers.CacheControl = "public";
        if (exchange.Http.Request.Headers.IfNoneMatch.ToString() == document.Tag)
        {
            exchange.Http.Response.StatusCode = 304;
            return;
        }

        await sender.SendAsync(exchange, new Payload(document.Bytes), 200, $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
    }

    private Document Aggregated(bool isCore, string version)
    {
        var key = $"{(isCore ? "api" : "apis")} {version}";
        var generation = directory.Generation;
        lock (_lock)
        {
            if (_generation == generation && _documents.TryGetValue(key, out var kept))
            {
                return kept;
            }
        }

        var groups = directory.Read().Where(one => one.Name.Length == 0 == isCore);
        var bytes = JsonText.ToBytes(AggregatedDiscovery.Write(groups, version));
        var made = new Document(bytes, $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"");
        lock (_lock)
        {
            if (_generation != generation)
            {
                _documents.Clear();
                _generation = generation;
            }

            _documents[key] = made;
        }

        return made;
    }

    private string AddressOf(HttpContext http) => options.AdvertisedAddress.Length > 0
        ? options.AdvertisedAddress
        : $"{http.Connection.LocalIpAddress}:{http.Connection.LocalPort}";

    private static GroupEntry Find(ImmutableArray<GroupEntry> groups, string group) =>
        groups.FirstOrDefault(one => one.Name == group) ?? throw StatusFailure.NoSuchPath();

    private static VersionEntry Find(ImmutableArray<GroupEntry> groups, string group, string version) =>
        Find(groups, group).Versions.FirstOrDefault(one => one.Version == version) ?? throw StatusFailure.NoSuchPath();

    // The first type that can be served wins; a plain one means that the client would rather have plain documents.
    private static string? AggregatedVersionOf(HttpRequest request)
    {
        foreach (var type in MediaType.ReadAll(request.Headers.Accept.ToString()))
        {
            if (type.Name is not ("application/json" or "application/vnd.kubernetes.protobuf"))
            {
                continue;
            }

            if (type["as"].Length == 0)
            {
                return null;
            }

            if (type.Name == "application/json" && type["as"] == "APIGroupDiscoveryList" && type["g"] == "apidiscovery.k8s.io" && type["v"] is "v2" or "v2beta1")
            {
                return type["v"];
            }
        }

        return null;
    }

    private static string[] PartsOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Document(byte[] Bytes, string Tag);
}

using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Server;
using Naru.Dialects.Kubernetes.Wire;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>The body of a request, read.</summary>
/// <param name="Value">Null for an empty body.</param>
/// <param name="Doubled">Lines about doubled fields.</param>
internal sealed record RequestBody(Value? Value, IReadOnlyList<string> Doubled)
{
    private static readonly RequestBody Empty = new(null, []);

    /// <summary>Reads an object in whatever form it was sent. 415 for a form that is not known, 400 for text that is none.</summary>
    public static async ValueTask<RequestBody> ReadAsync(Exchange exchange, int limit, bool hasProtobuf)
    {
        var bytes = await BodyBytes.ReadAsync(exchange.Http.Request, limit, exchange.Cancellation);
        if (bytes.Length == 0)
        {
            return Empty;
        }

        var body = (MediaType.Read(exchange.Http.Request.ContentType ?? "")?.Name ?? "application/json") switch
        {
            "application/json" or "*/*" => Text(bytes, exchange, yaml: false),
            "application/yaml" => Text(bytes, exchange, yaml: true),
            "application/vnd.kubernetes.protobuf" when hasProtobuf => new RequestBody(KubernetesProtobuf.Decode(bytes), []),
            _ => throw StatusFailure.UnsupportedMediaType(hasProtobuf
                ? "application/json, application/yaml, application/vnd.kubernetes.protobuf"
                : "application/json, application/yaml"),
        };
        exchange.Audit?.SetRequest(body.Value!);
        return body;
    }

    /// <summary>Reads a patch. 415 for a form that this resource does not take.</summary>
    public static async ValueTask<(PatchKind Kind, RequestBody Body)> ReadPatchAsync(Exchange exchange, int limit, bool hasStrategic)
    {
        PatchKind? kind = MediaType.Read(exchange.Http.Request.ContentType ?? "")?.Name switch
        {
            "application/json-patch+json" => PatchKind.Json,
            "application/merge-patch+json" => PatchKind.Merge,
            "application/strategic-merge-patch+json" when hasStrategic => PatchKind.Strategic,
            "application/apply-patch+yaml" => PatchKind.Apply,
            _ => null,
        };
        if (kind is not { } known)
        {
            throw StatusFailure.UnsupportedMediaType("application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                + (hasStrategic ? ", application/strategic-merge-patch+json" : ""));
        }

        var bytes = await BodyBytes.ReadAsync(exchange.Http.Request, limit, exchange.Cancellation);
        var body = Text(bytes, exchange, yaml: known == PatchKind.Apply);
        Check(known, body.Value!);
        exchange.Audit?.SetRequest(body.Value!);
        return (known, body);
    }

    private static void Check(PatchKind kind, Value patch)
    {
        if (kind == PatchKind.Json)
        {
            if (patch is not ListValue list)
            {
                throw StatusFailure.BadRequest("error decoding patch: a JSON patch is a list of operations");
            }

            if (list.Count > 10_000)
            {
                throw new StatusFailure(413, "RequestEntityTooLarge", $"Request entity too large: The allowed maximum operations in a JSON patch is 10000, got {list.Count}");
            }
        }
        else if (patch is not MapValue)
        {
            throw StatusFailure.BadRequest("error decoding patch: the patch is not an object");
        }
    }

    private static RequestBody Text(byte[] bytes, Exchange exchange, bool yaml)
    {
        var doubled = new List<string>();
        try
        {
            var value = yaml ? YamlText.Parse(bytes, null, doubled) : JsonText.Parse(bytes, null, doubled);
            return new RequestBody(value, doubled);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.InvalidArgument)
        {
            var what = exchange.Resource is { } resource
                ? $"{resource.Kind} in version \"{resource.Resource.Version}\" cannot be handled as a {resource.Kind}: "
                : "";
            throw StatusFailure.BadRequest(what + failure.Message);
        }
    }
}

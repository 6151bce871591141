using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways.Definitions;

/// <summary>Brings the definitions of the Gateway API where they are missing. Those that somebody else brought are left as they are.</summary>
internal sealed partial class DefinitionKeeper(IObjects objects, IngressOptions options, ILogger<DefinitionKeeper> logger)
{
    private static readonly WriteOptions Writing = new() { FieldManager = "naru-ingress" };

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var both = new[] { "v1", "v1beta1" };
        await EnsureAsync("GatewayClass", "gatewayclasses", ["gc"], namespaced: false, both, GatewaySchemas.Class, ClassColumns(), cancellationToken);
        await EnsureAsync("Gateway", "gateways", ["gtw"], namespaced: true, both, GatewaySchemas.Gateway, GatewayColumns(), cancellationToken);
        await EnsureAsync("HTTPRoute", "httproutes", [], namespaced: true, both, RouteSchemas.Http, RouteColumns(), cancellationToken);
        await EnsureAsync("GRPCRoute", "grpcroutes", [], namespaced: true, ["v1"], RouteSchemas.Grpc, RouteColumns(), cancellationToken);
        await EnsureAsync("ReferenceGrant", "referencegrants", ["refgrant"], namespaced: true, ["v1beta1"], GatewaySchemas.Grant, [Column("Age", "date", ".metadata.creationTimestamp")], cancellationToken);
    }

    /// <summary>The class of our Gateways, unless there is one of its name.</summary>
    public Task EnsureClassAsync(CancellationToken cancellationToken) => CreateAsync(
        GatewayResources.Classes,
        new MapValue
        {
            { "apiVersion", GatewayResources.Group + "/v1" },
            { "kind", "GatewayClass" },
            { "metadata", new MapValue { { "name", options.ClassName } } },
            { "spec", new MapValue { { "controllerName", GatewayResources.Controller } } },
        },
        cancellationToken);

    private async Task EnsureAsync(string kind, string plural, string[] shortNames, bool namespaced, string[] versions, Func<MapValue> schema, ListValue columns, CancellationToken cancellationToken)
    {
        var name = $"{plural}.{GatewayResources.Group}";
        if (objects.Get(GatewayResources.Definitions, "", name) is not null)
        {
            return;
        }

        var names = new MapValue { { "plural", plural }, { "singular", kind.ToLowerInvariant() }, { "kind", kind }, { "listKind", kind + "List" }, { "categories", new ListValue(["gateway-api"]) } };
        if (shortNames.Length > 0)
        {
            names["shortNames"] = new ListValue(shortNames.Select(static one => (Value)one));
        }

        await CreateAsync(
            GatewayResources.Definitions,
            new MapValue
            {
                { "apiVersion", "apiextensions.k8s.io/v1" },
                { "kind", "CustomResourceDefinition" },
                {
                    "metadata", new MapValue
                    {
                        { "name", name },
                        { "annotations", new MapValue { { "api-approved.kubernetes.io", "https://github.com/kubernetes-sigs/gateway-api" }, { "gateway.networking.k8s.io/channel", "standard" } } },
                    }
                },
                {
                    "spec", new MapValue
                    {
                        { "group", GatewayResources.Group },
                        { "names", names },
                        { "scope", namespaced ? "Namespaced" : "Cluster" },
                        { "versions", new ListValue(versions.Select((version, index) => Version(version, index == 0, schema(), (ListValue)columns.Clone()))) },
                    }
                },
            },
            cancellationToken);
    }

    private static MapValue Version(string name, bool storage, MapValue schema, ListValue columns)
    {
        var properties = schema.Map("properties")!;
        properties["apiVersion"] = SchemaWords.Text();
        properties["kind"] = SchemaWords.Text();
        properties["metadata"] = new MapValue { { "type", "object" } };
        var version = new MapValue { { "name", name }, { "served", true }, { "storage", storage }, { "schema", new MapValue { { "openAPIV3Schema", schema } } }, { "additionalPrinterColumns", columns } };
        if (properties.Has("status"))
        {
            version["subresources"] = new MapValue { { "status", new MapValue() } };
        }

        return version;
    }

    private static ListValue ClassColumns() =>
        [Column("Controller", "string", ".spec.controllerName"), Column("Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status"), Column("Age", "date", ".metadata.creationTimestamp")];

    private static ListValue GatewayColumns() =>
        [Column("Class", "string", ".spec.gatewayClassName"), Column("Address", "string", ".status.addresses[*].value"), Column("Programmed", "string", ".status.conditions[?(@.type==\"Programmed\")].status"), Column("Age", "date", ".metadata.creationTimestamp")];

    private static ListValue RouteColumns() => [Column("Hostnames", "string", ".spec.hostnames"), Column("Age", "date", ".metadata.creationTimestamp")];

    private static MapValue Column(string name, string type, string path) => new() { { "name", name }, { "type", type }, { "jsonPath", path } };

    private async Task CreateAsync(Naru.Objects.Resources.GroupResource resource, MapValue body, CancellationToken cancellationToken)
    {
        try
        {
            await objects.CreateAsync(resource, body, Writing, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Somebody was first.
        }
        catch (NaruException failure)
        {
            LogFailed(body.Text("metadata", "name") ?? "", failure.Message);
        }
    }

    [LoggerMessage(18070, LogLevel.Error, "{Object} could not be made: {Reason}")]
    private partial void LogFailed(string @object, string reason);
}

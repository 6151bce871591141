using Naru.Objects.Values;
using static Naru.Ingress.Gateways.Definitions.SchemaWords;

namespace Naru.Ingress.Gateways.Definitions;

/// <summary>What GatewayClass, Gateway and ReferenceGrant look like.</summary>
internal static class GatewaySchemas
{
    public static MapValue Class() => Object(
        new MapValue
        {
            {
                "spec", Object(
                    new MapValue
                    {
                        { "controllerName", Text(253, 1, ControllerPattern).Ruled("self == oldSelf", "Value is immutable") },
                        { "description", Text(64) },
                        { "parametersRef", Object(new MapValue { { "group", Text(253, pattern: GroupPattern) }, { "kind", Text(63, 1, KindPattern) }, { "name", Text(253, 1) }, { "namespace", Text(63, 1, NamespacePattern) } }, "group", "kind", "name") },
                    },
                    "controllerName")
            },
            {
                "status", Object(new MapValue
                {
                    { "conditions", Conditions() },
                    { "supportedFeatures", List(Object(new MapValue { { "name", Text() } }, "name"), 64, keys: ["name"]) },
                })
            },
        },
        "spec");

    public static MapValue Gateway() => Object(
        new MapValue
        {
            {
                "spec", Object(
                    new MapValue
                    {
                        { "gatewayClassName", Text(253, 1) },
                        { "addresses", List(Object(new MapValue { { "type", Text(253, 1, standard: "IPAddress") }, { "value", Text(253) } }), 16) },
                        { "listeners", List(Listener(), 64, 1, ["name"]) },
                        { "infrastructure", Object(new MapValue { { "annotations", TextMap(8) }, { "labels", TextMap(8) }, { "parametersRef", Object(new MapValue { { "group", Text(253, pattern: GroupPattern) }, { "kind", Text(63, 1, KindPattern) }, { "name", Text(253, 1) } }, "group", "kind", "name") } }) },
                    },
                    "gatewayClassName", "listeners")
            },
            { "status", GatewayStatus() },
        },
        "spec");

    public static MapValue Grant() => Object(new MapValue
    {
        {
            "spec", Object(
                new MapValue
                {
                    { "from", List(Object(new MapValue { { "group", Text(253, pattern: GroupPattern) }, { "kind", Text(63, 1, KindPattern) }, { "namespace", Text(63, 1, NamespacePattern) } }, "group", "kind", "namespace"), 16, 1) },
                    { "to", List(Object(new MapValue { { "group", Text(253, pattern: GroupPattern) }, { "kind", Text(63, 1, KindPattern) }, { "name", Text(253, 1) } }, "group", "kind"), 16, 1) },
                },
                "from", "to")
        },
    });

    private static MapValue Listener() => Object(
        new MapValue
        {
            { "name", Text(253, 1, PlainHostPattern) },
            { "hostname", Text(253, 1, HostPattern) },
            { "port", Number(1, 65535) },
            { "protocol", Text(255, 1, @"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$") },
            {
                "tls", Object(new MapValue
                {
                    { "mode", Text(among: ["Terminate", "Passthrough"], standard: "Terminate") },
                    { "certificateRefs", List(Object(new MapValue { { "group", Text(253, pattern: GroupPattern, standard: "") }, { "kind", Text(63, 1, KindPattern, "Secret") }, { "name", Text(253, 1) }, { "namespace", Text(63, 1, NamespacePattern) } }, "name"), 64) },
                    { "options", TextMap(16) },
                })
            },
            {
                "allowedRoutes", Object(new MapValue
                {
                    {
                        "namespaces", Object(new MapValue
                        {
                            { "from", Text(among: ["All", "Selector", "Same", "None"], standard: "Same") },
                            { "selector", Selector() },
                        }).With(new MapValue { { "from", "Same" } })
                    },
                    { "kinds", List(Object(new MapValue { { "group", Text(253, pattern: GroupPattern, standard: GatewayResources.Group) }, { "kind", Text(63, 1, KindPattern) } }, "kind"), 8) },
                }).With(new MapValue { { "namespaces", new MapValue { { "from", "Same" } } } })
            },
        },
        "name", "port", "protocol");

    private static MapValue Selector() => Object(new MapValue
    {
        { "matchLabels", new MapValue { { "type", "object" }, { "additionalProperties", Text() } } },
        { "matchExpressions", List(Object(new MapValue { { "key", Text() }, { "operator", Text() }, { "values", List(Text(), 64) } }, "key", "operator"), 64) },
    });

    private static MapValue GatewayStatus() => Object(new MapValue
    {
        { "addresses", List(Object(new MapValue { { "type", Text(253, 1, standard: "IPAddress") }, { "value", Text(253, 1) } }, "value"), 16) },
        { "conditions", Conditions() },
        {
            "listeners", List(
                Object(
                    new MapValue
                    {
                        { "name", Text(253, 1) },
                        { "supportedKinds", List(Object(new MapValue { { "group", Text(253, pattern: GroupPattern, standard: GatewayResources.Group) }, { "kind", Text(63, 1, KindPattern) } }, "kind"), 8) },
                        { "attachedRoutes", new MapValue { { "type", "integer" }, { "format", "int32" } } },
                        { "conditions", Conditions() },
                    },
                    "name", "attachedRoutes", "conditions"),
                64,
                keys: ["name"])
        },
    });
}

using Naru.Objects.Values;
using static Naru.Ingress.Gateways.Definitions.SchemaWords;

namespace Naru.Ingress.Gateways.Definitions;

/// <summary>What HTTPRoute and GRPCRoute look like.</summary>
internal static class RouteSchemas
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    public static MapValue Http() => Route(HttpRule(), new MapValue { { "matches", new ListValue([new MapValue { { "path", RootPath() } }]) } });

    public static MapValue Grpc() => Route(GrpcRule(), null);

    private static MapValue Route(MapValue rule, MapValue? standardRule)
    {
        var rules = List(rule, 16, standardRule is null ? 0 : 1);
        return Object(
            new MapValue
            {
                {
                    "spec", Object(new MapValue
                    {
                        { "parentRefs", List(ParentRef(), 32) },
                        { "hostnames", List(Text(253, 1, HostPattern), 16) },
                        { "rules", standardRule is null ? rules : rules.With(new ListValue([standardRule])) },
                    })
                },
                {
                    "status", Object(
                        new MapValue
                        {
                            {
                                "parents", List(
                                    Object(new MapValue { { "parentRef", ParentRef() }, { "controllerName", Text(253, 1, ControllerPattern) }, { "conditions", Conditions() } }, "parentRef", "controllerName", "conditions"),
                                    32)
                            },
                        },
                        "parents")
                },
            },
            "spec");
    }

    private static MapValue ParentRef() => Object(
        new MapValue
        {
            { "group", Text(253, pattern: GroupPattern, standard: GatewayResources.Group) },
            { "kind", Text(63, 1, KindPattern, "Gateway") },
            { "namespace", Text(63, 1, NamespacePattern) },
            { "name", Text(253, 1) },
            { "sectionName", Text(253, 1, PlainHostPattern) },
            { "port", Number(1, 65535) },
        },
        "name");

    private static MapValue HttpRule() => Object(new MapValue
    {
        { "name", Text(253, 1, PlainHostPattern) },
        { "matches", List(HttpMatch(), 64).With(new ListValue([new MapValue { { "path", RootPath() } }])) },
        { "filters", Filters(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite", "ExtensionRef"]) },
        { "backendRefs", List(BackendRef(Filters(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite", "ExtensionRef"])), 16) },
        {
            "timeouts", Object(new MapValue { { "request", Text(pattern: DurationPattern) }, { "backendRequest", Text(pattern: DurationPattern) } })
                .Ruled("!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))", "backendRequest timeout cannot be longer than request timeout")
        },
    }).Ruled("(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))) : true", "RequestRedirect filter must not be used together with backendRefs");

    private static MapValue GrpcRule() => Object(new MapValue
    {
        { "name", Text(253, 1, PlainHostPattern) },
        { "matches", List(GrpcMatch(), 64) },
        { "filters", Filters(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef"]) },
        { "backendRefs", List(BackendRef(Filters(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef"])), 16) },
    });

    private static MapValue HttpMatch() => Object(new MapValue
    {
        {
            "path", Object(new MapValue { { "type", Text(among: ["Exact", "PathPrefix", "RegularExpression"], standard: "PathPrefix") }, { "value", Text(1024, standard: "/") } })
                .Ruled("self.type == 'RegularExpression' || self.value.startsWith('/')", "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']")
                .Ruled("self.type == 'RegularExpression' || !self.value.contains('//')", "must not contain '//' when type one of ['Exact', 'PathPrefix']")
                .With(RootPath())
        },
        { "headers", List(NamedMatch(HeaderPattern), 16, keys: ["name"]) },
        { "queryParams", List(NamedMatch(HeaderPattern), 16, keys: ["name"]) },
        { "method", Text(among: Methods) },
    });

    private static MapValue GrpcMatch() => Object(new MapValue
    {
        {
            "method", Object(new MapValue { { "type", Text(among: ["Exact", "RegularExpression"], standard: "Exact") }, { "service", Text(1024) }, { "method", Text(1024) } })
                .Ruled("has(self.service) || has(self.method)", "One or both of 'service' or 'method' must be specified")
        },
        { "headers", List(NamedMatch(HeaderPattern), 16, keys: ["name"]) },
    });

    private static MapValue NamedMatch(string pattern) => Object(
        new MapValue { { "type", Text(among: ["Exact", "RegularExpression"], standard: "Exact") }, { "name", Text(256, 1, pattern) }, { "value", Text(4096, 1) } },
        "name", "value");

    private static MapValue BackendRef(MapValue filters) => Object(
        new MapValue
        {
            { "group", Text(253, pattern: GroupPattern, standard: "") },
            { "kind", Text(63, 1, KindPattern, "Service") },
            { "name", Text(253, 1) },
            { "namespace", Text(63, 1, NamespacePattern) },
            { "port", Number(1, 65535) },
            { "weight", Number(0, 1_000_000, 1) },
            { "filters", filters },
        },
        "name").Ruled("(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true", "Must have port for Service reference");

    private static MapValue Filters(string[] types)
    {
        var fields = new MapValue
        {
            { "type", Text(among: types) },
            { "requestHeaderModifier", HeaderModifier() },
            { "responseHeaderModifier", HeaderModifier() },
            { "requestMirror", Mirror() },
            { "extensionRef", Object(new MapValue { { "group", Text(253, pattern: GroupPattern) }, { "kind", Text(63, 1, KindPattern) }, { "name", Text(253, 1) } }, "group", "kind", "name") },
        };
        if (types.Contains("URLRewrite"))
        {
            fields["requestRedirect"] = Redirect();
            fields["urlRewrite"] = Object(new MapValue { { "hostname", Text(253, 1, PlainHostPattern) }, { "path", PathModifier() } });
        }

        var filter = Object(fields, "type");
        foreach (var type in types)
        {
            var field = type == "URLRewrite" ? "urlRewrite" : char.ToLowerInvariant(type[0]) + type[1..];
            filter.Ruled($"has(self.{field}) == (self.type == '{type}')", $"filter.{field} must be specified for {type} filter.type, and for no other");
        }

        return List(filter, 16);
    }

    private static MapValue HeaderModifier()
    {
        static MapValue Headers() => List(Object(new MapValue { { "name", Text(256, 1, HeaderPattern) }, { "value", Text(4096, 1) } }, "name", "value"), 16, keys: ["name"]);
        var remove = List(Text(), 16);
        remove["x-kubernetes-list-type"] = "set";
        return Object(new MapValue { { "set", Headers() }, { "add", Headers() }, { "remove", remove } });
    }

    private static MapValue Mirror() => Object(
        new MapValue
        {
            {
                "backendRef", Object(
                    new MapValue { { "group", Text(253, pattern: GroupPattern, standard: "") }, { "kind", Text(63, 1, KindPattern, "Service") }, { "name", Text(253, 1) }, { "namespace", Text(63, 1, NamespacePattern) }, { "port", Number(1, 65535) } },
                    "name")
            },
            { "percent", Number(0, 100) },
            { "fraction", Object(new MapValue { { "numerator", Number(0, int.MaxValue) }, { "denominator", Number(1, int.MaxValue, 100) } }, "numerator") },
        },
        "backendRef");

    private static MapValue Redirect() => Object(new MapValue
    {
        { "scheme", Text(among: ["http", "https"]) },
        { "hostname", Text(253, 1, PlainHostPattern) },
        { "path", PathModifier() },
        { "port", Number(1, 65535) },
        { "statusCode", RedirectCode() },
    });

    private static MapValue RedirectCode()
    {
        var schema = new MapValue { { "type", "integer" }, { "default", 302 } };
        schema["enum"] = new ListValue([301, 302, 303, 307, 308]);
        return schema;
    }

    private static MapValue PathModifier() => Object(
        new MapValue { { "type", Text(among: ["ReplaceFullPath", "ReplacePrefixMatch"]) }, { "replaceFullPath", Text(1024) }, { "replacePrefixMatch", Text(1024) } },
        "type");

    private static MapValue RootPath() => new() { { "type", "PathPrefix" }, { "value", "/" } };
}

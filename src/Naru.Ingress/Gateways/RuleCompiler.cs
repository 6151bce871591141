using System.Globalization;
using System.Text.RegularExpressions;
using Naru.Ingress.Backends;
using Naru.Ingress.Proxying;
using Naru.Ingress.Routing;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Makes routes of the rules of HTTPRoute and GRPCRoute.</summary>
internal sealed class RuleCompiler(IObjects objects, ReferenceGrants grants, BackendTable backends, CounterTable counters)
{
    public RouteView Compile(StoredObject stored, string kind)
    {
        var view = new RouteView(stored, kind);
        var index = 0;
        foreach (var rule in stored.Tree.Maps("spec", "rules"))
        {
            var plan = Plan(view, rule);
            foreach (var match in rule.List("matches") is { Count: > 0 } matches ? matches.Maps() : [new MapValue()])
            {
                Add(view, match, plan, index++);
            }
        }

        return view;
    }

    private static void Add(RouteView view, MapValue match, RoutePlan plan, int index)
    {
        try
        {
            var isHttp = view.Kind == "HTTPRoute";
            var path = isHttp ? PathOf(match.Map("path")) : MethodOf(match.Map("method"));
            view.Routes.Add(new Route
            {
                Path = path,
                Condition = RequestCondition.Read(match),
                Rank = new RouteRank
                {
                    HasMethod = isHttp && match.Text("method") is not null,
                    Headers = match.List("headers")?.Count ?? 0,
                    Parameters = match.List("queryParams")?.Count ?? 0,
                    Created = view.Stored.Tree.Text("metadata", "creationTimestamp") ?? "",
                    Object = $"{view.Stored.Namespace}/{view.Stored.Name}",
                    Index = index,
                },
                Plan = plan,
            });
        }
        catch (ArgumentException failure)
        {
            view.Refused = ("UnsupportedValue", $"A pattern cannot be used: {failure.Message}");
        }
    }

    private static PathMatch PathOf(MapValue? path) => path?.Text("type") switch
    {
        "Exact" => PathMatch.Exact(path.Text("value") ?? "/"),
        "RegularExpression" => PathMatch.WholeRegex(path.Text("value") ?? "/"),
        _ => PathMatch.Prefix(path?.Text("value") ?? "/"),
    };

    /// <summary>The method of a gRPC service is its path.</summary>
    private static PathMatch MethodOf(MapValue? method)
    {
        var service = method?.Text("service");
        var name = method?.Text("method");
        if (service is null && name is null)
        {
            return PathMatch.Prefix("/");
        }

        if (method!.Text("type") == "RegularExpression")
        {
            return PathMatch.WholeRegex($"/{service ?? "[^/]+"}/{name ?? "[^/]+"}");
        }

        return service is null ? PathMatch.WholeRegex($"/[^/]+/{Regex.Escape(name!)}") : name is null ? PathMatch.Prefix($"/{service}") : PathMatch.Exact($"/{service}/{name}");
    }

    private RoutePlan Plan(RouteView view, MapValue rule)
    {
        var filters = RouteFilters.Read(rule.Maps("filters"));
        if (filters.Unknown is { } unknown)
        {
            view.Refused = ("UnsupportedValue", $"The filter {unknown} is not known here");
        }

        var weighed = rule.Maps("backendRefs").Select(reference => Weigh(view, reference)).ToList();
        return new RoutePlan
        {
            Source = view.Source,
            Counters = counters.For(view.Source),
            Gates = filters.Redirect is { } redirect ? [redirect] : [],
            Backends = filters.Unknown is null && weighed.Count > 0 ? new BackendChoice(weighed) : null,
            Protocol = view.Kind == "GRPCRoute" ? BackendProtocol.Http2 : null,
            Rewrite = filters.Rewrite,
            Host = filters.Host,
            RequestHeaders = filters.RequestHeaders,
            ResponseHeaders = filters.ResponseHeaders,
            Limits = Limits(rule.Map("timeouts")),
            Mirrors = [.. filters.Mirrors.Select(mirror => MirrorOf(view, mirror)).OfType<Mirror>()],
        };
    }

    private WeighedBackend Weigh(RouteView view, MapValue reference)
    {
        var weight = (int)(reference.Integer("weight") ?? 1);
        var filters = RouteFilters.Read(reference.Maps("filters"));
        if (filters.Unknown is not null || filters.Redirect is not null || filters.Rewrite is not null || filters.Host is not null)
        {
            view.Refused = ("UnsupportedValue", "A filter of a backend is not known here");
        }

        return new WeighedBackend(view.Refused is null ? Resolve(view, reference) : null, weight, filters.RequestHeaders, filters.ResponseHeaders);
    }

    private Mirror? MirrorOf(RouteView view, MapValue mirror)
    {
        if (mirror.Map("backendRef") is not { } reference || Resolve(view, reference) is not { } backend)
        {
            return null;
        }

        return mirror.Map("fraction") is { } fraction
            ? new Mirror(backend, (int)(fraction.Integer("numerator") ?? 0), (int)(fraction.Integer("denominator") ?? 100))
            : new Mirror(backend, (int)(mirror.Integer("percent") ?? 100), 100);
    }

    /// <summary>The backend that a reference names; null where it must not or cannot be used.</summary>
    private ServiceBackend? Resolve(RouteView view, MapValue reference)
    {
        var group = reference.Text("group") ?? "";
        var kind = reference.Text("kind") ?? "Service";
        var name = reference.Text("name") ?? "";
        var own = view.Stored.Namespace;
        var @namespace = reference.Text("namespace") ?? own;
        if (group.Length > 0 || kind != "Service")
        {
            view.Unresolved ??= ("InvalidKind", $"{kind} {name} is not a kind that requests can be led to");
            return null;
        }

        if (!grants.Allow(view.Kind, own, "", "Service", @namespace, name))
        {
            view.Unresolved ??= ("RefNotPermitted", $"No ReferenceGrant in {@namespace} allows to name Service {name}");
            return null;
        }

        var port = reference.Integer("port") ?? 0;
        var service = objects.Get(IngressResources.Services, @namespace, name);
        if (service is null || service.Tree.Maps("spec", "ports").All(one => one.Integer("port") != port))
        {
            view.Unresolved ??= ("BackendNotFound", service is null ? $"Service {@namespace}/{name} does not exist" : $"Service {@namespace}/{name} has no port {port}");
            return null;
        }

        var backend = backends.Take(new BackendKey(@namespace, name, "", (int)port));
        view.Backends.Add(backend);
        return backend;
    }

    private static ForwardLimits Limits(MapValue? timeouts)
    {
        var request = Duration(timeouts?.Text("request"));
        var backend = Duration(timeouts?.Text("backendRequest"));
        return request is null && backend is null ? ForwardLimits.Default : ForwardLimits.Default with { Request = request, Backend = backend };
    }

    /// <summary>A duration as <c>1h30m</c>; null if there is none or it is 0, which means no limit.</summary>
    private static TimeSpan? Duration(string? text)
    {
        var total = TimeSpan.Zero;
        foreach (Match part in Parts().Matches(text ?? ""))
        {
            var number = int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            total += part.Groups[2].ValueSpan switch { "h" => TimeSpan.FromHours(number), "m" => TimeSpan.FromMinutes(number), "ms" => TimeSpan.FromMilliseconds(number), _ => TimeSpan.FromSeconds(number) };
        }

        return total == TimeSpan.Zero ? null : total;
    }

    private static Regex Parts() => DurationParts.Pattern;

    private static class DurationParts
    {
        public static readonly Regex Pattern = new("([0-9]{1,5})(ms|h|m|s)", RegexOptions.CultureInvariant);
    }
}

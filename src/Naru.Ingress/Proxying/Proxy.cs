using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Proxying;

/// <summary>
/// Takes a request from its arrival to its answer: (1) find the route, (2) ask its gates, (3) draw a backend, (4) tell the backend who the client is, (5) forward.
/// </summary>
internal sealed class Proxy(Forwarding forwarding, ForwardedHeaders forwarded, AccessLog accessLog, TimeProvider time)
{
    /// <summary>Requests that no route took.</summary>
    public RouteCounters Unrouted { get; } = new(new SourceKey("none", "", ""));

    public Task HandleAsync(Exchange exchange)
    {
        var request = exchange.Http.Request;
        exchange.HostHeader = request.Host.Value ?? "";
        exchange.Path = request.Path.Value ?? "";
        var host = NameOf(exchange.HostHeader);
        if (exchange.Port.Routes.Find(exchange.Http, host, exchange.Path) is not { } route)
        {
            return AnswerPages.WriteAsync(exchange, StatusCodes.Status404NotFound, "No route leads from here.");
        }

        exchange.Route = route;
        return route.Plan.Gates.IsEmpty ? ForwardAsync(exchange, route) : PassAsync(exchange, route);
    }

    /// <summary>Called when the answer has been sent.</summary>
    public void Ended(Exchange exchange)
    {
        var took = time.GetElapsedTime(exchange.Began);
        var counters = exchange.Route?.Plan.Counters ?? Unrouted;
        counters.Count(exchange.Http.Response.StatusCode, took);
        accessLog.Write(exchange, took);
    }

    /// <summary>The host's name in what a client names as its host: without port and without the dot at its end.</summary>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && !host[colon..].Contains(']'))
        {
            host = host[..colon];
        }

        return host.EndsWith('.') ? host[..^1] : host;
    }

    private async Task PassAsync(Exchange exchange, Route route)
    {
        foreach (var gate in route.Plan.Gates)
        {
            if (!await gate.PassAsync(exchange))
            {
                return;
            }
        }

        await ForwardAsync(exchange, route);
    }

    private Task ForwardAsync(Exchange exchange, Route route)
    {
        var plan = route.Plan;
        var request = exchange.Http.Request;
        exchange.Backend = plan.Backends?.Pick();
        if (exchange.Backend?.Backend is null)
        {
            return AnswerPages.WriteAsync(exchange, StatusCodes.Status500InternalServerError, "The route names no backend that can be used.");
        }

        if (!Admit(exchange, plan))
        {
            return AnswerPages.WriteAsync(exchange, StatusCodes.Status413PayloadTooLarge, "The request is larger than the route allows.");
        }

        exchange.Target = TargetOf(exchange, route);
        forwarded.Apply(exchange);
        plan.RequestHeaders?.Apply(request.Headers);
        exchange.Backend.RequestHeaders?.Apply(request.Headers);
        return forwarding.SendAsync(exchange, plan);
    }

    /// <summary>Bounds the body; false if it says itself that it is larger.</summary>
    private static bool Admit(Exchange exchange, RoutePlan plan)
    {
        if (exchange.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = plan.Limits.Body;
        }

        return plan.Limits.Body is not { } most || exchange.Http.Request.ContentLength is not { } length || length <= most;
    }

    private static string TargetOf(Exchange exchange, Route route)
    {
        var request = exchange.Http.Request;
        if (route.Plan.Rewrite is { } rewrite)
        {
            return string.Concat(new PathString(rewrite.Apply(route.Path, exchange.Path)).ToUriComponent(), request.QueryString.Value);
        }

        // As the client wrote it, so that what is encoded stays as it is.
        var raw = exchange.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return raw.StartsWith('/') ? raw : string.Concat(request.Path.ToUriComponent(), request.QueryString.Value);
    }
}

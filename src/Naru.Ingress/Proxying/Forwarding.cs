using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Ingress.Backends;
using Naru.Ingress.Lean;
using Naru.Ingress.Routing;
using Yarp.ReverseProxy.Forwarder;
using Endpoint = Naru.Ingress.Backends.Endpoint;

namespace Naru.Ingress.Proxying;

/// <summary>
/// Leads a request to an endpoint by YARP's forwarder, which streams both ways and knows upgrades, HTTP/2 and trailers. When an endpoint cannot be reached, nothing of the request has
/// been sent, and another one is tried.
/// </summary>
internal sealed partial class Forwarding(IHttpForwarder forwarder, UpstreamClients clients, MirrorSender mirrors, LeanForwarding lean, TimeProvider time, ILogger<Forwarding> logger)
{
    public async Task SendAsync(Exchange exchange, RoutePlan plan)
    {
        if (!plan.Mirrors.IsEmpty)
        {
            await mirrors.CopyAsync(exchange, plan.Mirrors);
        }

        if (plan.Limits.Request is { } limit)
        {
            using var end = new CancellationTokenSource(limit, time);
            await SendAsync(exchange, plan, end.Token);
            return;
        }

        await SendAsync(exchange, plan, CancellationToken.None);
    }

    private async Task SendAsync(Exchange exchange, RoutePlan plan, CancellationToken end)
    {
        var backend = exchange.Backend!.Backend!;
        var protocol = plan.Protocol ?? backend.State.Protocol;
        List<Endpoint>? tried = null;
        for (var tries = 1; ; tries++)
        {
            var endpoint = Choose(exchange, plan, backend, tried);
            if (endpoint is null)
            {
                await (tried is null
                    ? AnswerPages.WriteAsync(exchange, StatusCodes.Status503ServiceUnavailable, "The service has no endpoint that is ready.")
                    : AnswerPages.WriteAsync(exchange, StatusCodes.Status502BadGateway, "No endpoint of the service can be reached."));
                return;
            }

            exchange.Endpoint = endpoint;
            if (LeanForwarding.CanCarry(exchange, plan, protocol))
            {
                if (await TryLeanAsync(exchange, plan, endpoint, tries < plan.Limits.Tries))
                {
                    return;
                }

                (tried ??= []).Add(endpoint);
                continue;
            }

            var error = await TryAsync(exchange, plan, endpoint, protocol, end);
            if (error == ForwarderError.None)
            {
                return;
            }

            if (tries < plan.Limits.Tries && MayTryAgain(exchange, error) && !end.IsCancellationRequested)
            {
                PassOver(exchange, plan, endpoint);
                (tried ??= []).Add(endpoint);
                continue;
            }

            await AnswerErrorAsync(exchange, error, end);
            return;
        }
    }

    /// <summary>Goes the short way. False: another endpoint is to be tried.</summary>
    private async ValueTask<bool> TryLeanAsync(Exchange exchange, RoutePlan plan, Endpoint endpoint, bool mayTryAgain)
    {
        endpoint.Enter();
        LeanOutcome outcome;
        try
        {
            using var client = new KestrelClient(exchange, plan);
            outcome = await lean.SendAsync(client, plan.Limits, endpoint);
        }
        finally
        {
            endpoint.Leave();
        }

        if (outcome is LeanOutcome.Done or LeanOutcome.Abandoned)
        {
            return true;
        }

        LogFailed(endpoint.Authority, outcome.ToString(), "");
        if (mayTryAgain && (outcome is LeanOutcome.Unreachable or LeanOutcome.Broken) && !exchange.Http.Response.HasStarted)
        {
            PassOver(exchange, plan, endpoint);
            return false;
        }

        // An answer that broke off in the middle must not look whole.
        if (exchange.Http.Response.HasStarted)
        {
            exchange.Http.Abort();
            return true;
        }

        exchange.Http.Response.Headers.Clear();
        await (outcome == LeanOutcome.TimedOut
            ? AnswerPages.WriteAsync(exchange, StatusCodes.Status504GatewayTimeout, AnswerPages.TookTooLong)
            : AnswerPages.WriteAsync(exchange, StatusCodes.Status502BadGateway, AnswerPages.NoAnswer));
        return true;
    }

    /// <summary>Leaves an endpoint that failed for a while, and the answer as it was before.</summary>
    private void PassOver(Exchange exchange, RoutePlan plan, Endpoint endpoint)
    {
        endpoint.Suspect(time);
        LogUnreachable(endpoint.Authority, plan.Source.ToString());
        plan.Counters.CountRetry();
        exchange.Http.Response.StatusCode = StatusCodes.Status200OK;
        exchange.Http.Response.Headers.Clear();
    }

    private async Task<ForwarderError> TryAsync(Exchange exchange, RoutePlan plan, Endpoint endpoint, BackendProtocol protocol, CancellationToken end)
    {
        var isTls = protocol is BackendProtocol.Https or BackendProtocol.Https2;
        endpoint.Enter();
        CancellationTokenSource? patience = null;
        try
        {
            if (plan.Limits.Backend is { } limit)
            {
                patience = new CancellationTokenSource(limit, time);
            }

            using var both = patience is null ? null : CancellationTokenSource.CreateLinkedTokenSource(patience.Token, end);
            return await forwarder.SendAsync(exchange.Http, (isTls ? "https://" : "http://") + endpoint.Authority, clients.For(protocol, plan.Limits.Connect), ConfigOf(protocol, plan), new RouteTransformer(exchange), both?.Token ?? end);
        }
        finally
        {
            patience?.Dispose();
            endpoint.Leave();
        }
    }

    private static ForwarderRequestConfig ConfigOf(BackendProtocol protocol, RoutePlan plan) => new()
    {
        ActivityTimeout = plan.Limits.Idle,
        Version = protocol is BackendProtocol.Http2 or BackendProtocol.Https2 ? HttpVersion.Version20 : HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        AllowResponseBuffering = false,
    };

    private Endpoint? Choose(Exchange exchange, RoutePlan plan, ServiceBackend backend, List<Endpoint>? tried)
    {
        if (plan.Affinity is not { } affinity)
        {
            return backend.Pick(time, tried);
        }

        if (tried is null && exchange.Http.Request.Cookies[affinity.Name] is { } mark && backend.Find(mark) is { } known)
        {
            return known;
        }

        var chosen = backend.Pick(time, tried);
        exchange.Cookie = chosen is null ? null : affinity.Write(chosen.Mark, time.GetUtcNow());
        return chosen;
    }

    /// <summary>A connection that could not be made has carried nothing. One that broke before the answer came may have: only requests that can be repeated without harm,
    /// and have no body that is gone, are sent again.</summary>
    private static bool MayTryAgain(Exchange exchange, ForwarderError error)
    {
        if (error != ForwarderError.Request || exchange.Http.Response.HasStarted || exchange.Http.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        return exchange.Http.Features.Get<IForwarderErrorFeature>()?.Exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => true,
            HttpRequestException => HasNoBody(exchange.Http.Request) && (HttpMethods.IsGet(exchange.Http.Request.Method) || HttpMethods.IsHead(exchange.Http.Request.Method) || HttpMethods.IsOptions(exchange.Http.Request.Method)),
            _ => false,
        };
    }

    private static bool HasNoBody(HttpRequest request) => request.ContentLength is null or 0 && !request.Headers.ContainsKey("Transfer-Encoding");

    private Task AnswerErrorAsync(Exchange exchange, ForwarderError error, CancellationToken end)
    {
        var http = exchange.Http;
        LogFailed(exchange.Endpoint?.Authority ?? "", error.ToString(), http.Features.Get<IForwarderErrorFeature>()?.Exception?.Message ?? "");
        if (http.RequestAborted.IsCancellationRequested || http.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var timedOut = error == ForwarderError.RequestTimedOut || (end.IsCancellationRequested || error == ForwarderError.RequestCanceled);
        var code = http.Response.StatusCode is >= 400 and < 500 and var told ? told
            : timedOut ? StatusCodes.Status504GatewayTimeout
            : StatusCodes.Status502BadGateway;
        http.Response.Headers.Clear();
        return AnswerPages.WriteAsync(exchange, code, code switch
        {
            StatusCodes.Status504GatewayTimeout => AnswerPages.TookTooLong,
            StatusCodes.Status413PayloadTooLarge => "The request is larger than the route allows.",
            < 500 => "The request could not be read.",
            _ => AnswerPages.NoAnswer,
        });
    }

    [LoggerMessage(18000, LogLevel.Debug, "{Endpoint} of {Backend} cannot be reached; another one is tried")]
    private partial void LogUnreachable(string endpoint, string backend);

    [LoggerMessage(18001, LogLevel.Debug, "A request to {Endpoint} failed: {Error}: {Reason}")]
    private partial void LogFailed(string endpoint, string error, string reason);
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Access;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Resources;
using Naru.Objects.Access;
using Naru.Objects.Resources;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>
/// Answers every request: 1. what it addresses; 2. who asks; 3. the audit log; 4. acting as somebody else; 5. a place among the running ones; 6. may it; 7. the endpoint;
/// 8. failures through <see cref="StatusMap"/>; 9. measures and the audit log's end.
/// </summary>
internal sealed partial class KubernetesServer(
    RequestAuthentication authentication,
    Impersonation impersonation,
    Authorization authorization,
    IRequestGate gate,
    IResourceCatalogue catalogue,
    ResourceEndpoint resources,
    IEnumerable<IPathEndpoint> paths,
    IEnumerable<IResourceForwarder> forwarders,
    AnswerSender sender,
    ServerLife life,
    DialectMeter meter,
    KubernetesDialectOptions options,
    IEnumerable<IAudit> audits,
    TimeProvider time,
    ILogger<KubernetesServer> logger)
{
    private readonly IPathEndpoint[] _paths = [.. paths];
    private readonly IResourceForwarder[] _forwarders = [.. forwarders];
    private readonly IAudit? _audit = audits.FirstOrDefault();

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var started = time.GetTimestamp();
        var target = RequestPath.Read(http.Request);
        var exchange = new Exchange(http, target);
        using var running = meter.BeginRequest(target);
        using var activity = DialectMeter.Activities.StartActivity(target.IsResource ? $"{target.Verb} {target.Resource}" : target.Path, System.Diagnostics.ActivityKind.Server);
        http.Response.Headers.CacheControl = "no-cache, private";
        using var limit = target.IsLongRunning ? null : new CancellationTokenSource(TimeFor(exchange), time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, target.IsLongRunning ? life.Draining : limit!.Token);
        exchange.Cancellation = ends.Token;
        try
        {
            await ServeAsync(exchange);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is left to answer.
        }
        catch (Exception failure) // The edge: every failure becomes an answer.
        {
            await FailAsync(exchange, failure);
        }

        var code = http.Response.StatusCode;
        activity?.SetTag("http.response.status_code", code);
        meter.Count(exchange, code, time.GetElapsedTime(started));
        if (exchange.Audit is { } audit)
        {
            // What refused a request has something to say too.
            foreach (var (key, value) in exchange.AuditAnnotations)
            {
                audit.Annotate(key, value);
            }

            audit.Complete(code, exchange.Failure, exchange.Answer);
        }
    }

    // Clients may ask for less time than they would get, not for more.
    private TimeSpan TimeFor(Exchange exchange) =>
        exchange.Query("timeout") is { Length: > 0 } text && DurationText.Parse(text) is { } asked && asked > TimeSpan.Zero && asked < options.RequestTimeout
            ? asked
            : options.RequestTimeout;

    private async Task ServeAsync(Exchange exchange)
    {
        exchange.User = await authentication.AuthenticateAsync(exchange.Http, exchange.Cancellation);
        BeginAudit(exchange);
        if (impersonation.Read(exchange.Http.Request.Headers, exchange.User) is { } other)
        {
            exchange.User = other;
            exchange.Audit?.SetImpersonated(other);
        }

        using var place = await gate.EnterAsync(exchange);
        authorization.Check(exchange);
        await DispatchAsync(exchange);
    }

    private Task DispatchAsync(Exchange exchange)
    {
        var target = exchange.Target;
        if (!target.IsResource)
        {
            var endpoint = Array.Find(_paths, one => one.Takes(target.Path)) ?? throw StatusFailure.NoSuchPath();
            return endpoint.HandleAsync(exchange);
        }

        exchange.Resource = catalogue.Find(new GroupVersionResource(target.Group, target.Version, target.Resource));
        if (exchange.Resource is { Deprecation: { Length: > 0 } warning })
        {
            exchange.Warnings.Add(warning);
            exchange.AuditAnnotations["k8s.io/deprecated"] = "true";
        }

        if (Array.Find(_forwarders, one => one.Takes(exchange)) is { } forwarder)
        {
            exchange.IsForwarded = true;
            if (exchange.Resource is not null)
            {
                ResourceEndpoint.CheckRoute(exchange);
            }

            return forwarder.HandleAsync(exchange);
        }

        if (exchange.Resource is null)
        {
            throw StatusFailure.NoSuchPath();
        }

        ResourceEndpoint.CheckRoute(exchange);
        return resources.HandleAsync(exchange);
    }

    private void BeginAudit(Exchange exchange)
    {
        var http = exchange.Http;
        var id = http.Request.Headers["Audit-ID"].ToString();
        exchange.Audit = _audit?.Begin(new AuditRequest
        {
            Id = id,
            Attempt = Authorization.AttemptOf(exchange.Target, exchange.User),
            Uri = http.Request.Path + http.Request.QueryString.Value,
            UserAgent = http.Request.Headers.UserAgent.ToString(),
            SourceAddresses = http.Connection.RemoteIpAddress is { } address ? [address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.ToString()] : [],
        });
        http.Response.Headers["Audit-Id"] = exchange.Audit?.Id ?? (id.Length is > 0 and <= 64 ? id : Guid.NewGuid().ToString());
    }

    private async Task FailAsync(Exchange exchange, Exception failure)
    {
        var http = exchange.Http;
        var status = StatusMap.ToStatus(failure);
        exchange.Failure ??= status;
        var code = StatusMap.CodeOf(status);
        if (code >= 500 && failure is NaruException { InnerException: null or NaruException })
        {
            // Words of our own say all, such as of a webhook that does not answer.
            LogRefusal(logger, http.Request.Method, http.Request.Path.Value ?? "", code, failure.Message);
        }
        else if (code >= 500 && failure is not (StatusFailure or OperationCanceledException))
        {
            LogFailure(logger, http.Request.Method, http.Request.Path.Value ?? "", code, failure);
        }

        if (http.Response.HasStarted)
        {
            // The head is out; the only honest sign left is to break off.
            http.Abort();
            return;
        }

        if (StatusMap.RetryAfterOf(status) is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        try
        {
            exchange.Cancellation = http.RequestAborted;
            await sender.SendAsync(exchange, status, code, AnswerNegotiation.ForStatus(http.Request));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client left while it was told.
        }
    }

    [LoggerMessage(16001, LogLevel.Warning, "{Method} {Path} answered {Code}: {Why}")]
    private static partial void LogRefusal(ILogger logger, string method, string path, int code, string why);

    [LoggerMessage(16000, LogLevel.Error, "{Method} {Path} answered {Code}")]
    private static partial void LogFailure(ILogger logger, string method, string path, int code, Exception failure);
}

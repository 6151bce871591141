using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>One request on its way through the server, with what is learned about it on the way.</summary>
internal sealed class Exchange(HttpContext http, RequestTarget target)
{
    /// <summary>Request and response.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>What it addresses.</summary>
    public RequestTarget Target { get; } = target;

    /// <summary>Who asks, after impersonation.</summary>
    public UserInfo User { get; set; } = UserInfo.Anonymous;

    /// <summary>The audit log's entry; null if it keeps nothing.</summary>
    public IAuditEntry? Audit { get; set; }

    /// <summary>The resource; null for paths that are none, and for those of other servers.</summary>
    public ResourceInfo? Resource { get; set; }

    /// <summary>Another server answers: an aggregated one, or a kubelet.</summary>
    public bool IsForwarded { get; set; }

    /// <summary>Warnings for the client.</summary>
    public WarningList Warnings { get; } = new();

    /// <summary>Annotations for the audit log.</summary>
    public Dictionary<string, string> AuditAnnotations { get; } = [];

    /// <summary>The Status that was sent, if the request failed.</summary>
    public MapValue? Failure { get; set; }

    /// <summary>The object that was sent, kept for the audit log when it asks for it.</summary>
    public Value? Answer { get; set; }

    /// <summary>Ends when the client is gone, the time is up or, for long requests, the server stops.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>The audit log wants the answer's body.</summary>
    public bool KeepsAnswer => Audit is { Level: AuditLevel.RequestResponse };

    /// <summary>Text of a query parameter; empty if there is none.</summary>
    public string Query(string name) => Http.Request.QueryString.HasValue && Http.Request.Query[name] is { Count: > 0 } values ? values[0] ?? "" : "";
}

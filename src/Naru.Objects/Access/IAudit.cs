using System.Collections.Immutable;
using Naru.Objects.Values;

namespace Naru.Objects.Access;

/// <summary>The audit log: who asked for what, and how it ended. Any thread; never waits for the disk.</summary>
public interface IAudit
{
    /// <summary>A request has come in and its user is known. Null when the policy keeps nothing of it.</summary>
    IAuditEntry? Begin(AuditRequest request);
}

/// <summary>How much of a request is kept.</summary>
public enum AuditLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Who, what, when.</summary>
    Metadata,

    /// <summary>The body that was sent too.</summary>
    Request,

    /// <summary>The body of the answer too.</summary>
    RequestResponse,
}

/// <summary>One request on its way through; used by one thread at a time. Calls after <see cref="Complete"/> or <see cref="Panic"/> are ignored.</summary>
public interface IAuditEntry
{
    /// <summary>The request's identity: <c>Audit-Id</c> of the answer.</summary>
    string Id { get; }

    /// <summary>How much is kept: bodies need to be handed in only where this says so.</summary>
    AuditLevel Level { get; }

    /// <summary>The body that was sent; not to be changed afterwards.</summary>
    void SetRequest(Value body);

    /// <summary>The request acts as somebody else.</summary>
    void SetImpersonated(UserInfo user);

    /// <summary>Says more for the log (<c>authorization.k8s.io/decision</c>).</summary>
    void Annotate(string key, string value);

    /// <summary>Headers are sent and the body follows: watches and other long answers.</summary>
    void ResponseStarted(int code);

    /// <summary>The answer is sent. <paramref name="status"/> is the Status of a failure; <paramref name="response"/> the body of the answer where <see cref="Level"/> asks for it.</summary>
    void Complete(int code, MapValue? status, Value? response);

    /// <summary>The request ended with a fault of the server.</summary>
    void Panic(string message);
}

/// <summary>A request as the audit log sees it.</summary>
public sealed record AuditRequest
{
    /// <summary>Identity that the client chose (<c>Audit-Id</c>); empty for a new one.</summary>
    public string Id { get; init; } = "";

    /// <summary>Who asks, what for.</summary>
    public required AccessAttempt Attempt { get; init; }

    /// <summary>Path and query.</summary>
    public required string Uri { get; init; }

    /// <summary>The client's program.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>Addresses that the request came by, the nearest to the client first.</summary>
    public ImmutableArray<string> SourceAddresses { get; init; } = [];
}

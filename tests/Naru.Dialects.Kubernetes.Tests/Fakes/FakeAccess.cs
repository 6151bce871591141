using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests.Fakes;

/// <summary>Tokens are users' names; <c>admin</c> may do everything, others what <see cref="Allow"/> says.</summary>
internal sealed class FakeAccess : IAuthenticator, IAuthorizer, ITokenIssuer, IAudit
{
    public Func<AccessAttempt, bool> Allow { get; set; } = static _ => false;

    public ConcurrentQueue<AccessAttempt> Attempts { get; } = [];

    public ConcurrentQueue<FakeAuditEntry> Audited { get; } = [];

    public AuditLevel Level { get; set; } = AuditLevel.Metadata;

    public string Issuer => "https://kubernetes.default.svc";

    public string KeySet => """{"keys":[{"kty":"EC","alg":"ES256"}]}""";

    public UserInfo? FromCertificate(X509Certificate2 certificate) => null;

    public ValueTask<TokenIdentity?> FromTokenAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken) =>
        ValueTask.FromResult(token == "wrong" ? null : new TokenIdentity(new UserInfo { Name = token, Groups = token == "admin" ? ["system:masters"] : [] }, []));

    public AccessDecision Authorize(AccessAttempt attempt)
    {
        Attempts.Enqueue(attempt);
        return new AccessDecision(attempt.User.Groups.Contains("system:masters") || Allow(attempt), false, "");
    }

    public AccessRules RulesFor(UserInfo user, string @namespace) => new([], [], false, "");

    public IssuedToken Issue(TokenWish wish) => throw new NotSupportedException();

    public IAuditEntry? Begin(AuditRequest request)
    {
        var entry = new FakeAuditEntry(request, Level);
        Audited.Enqueue(entry);
        return entry;
    }
}

/// <summary>What the audit log was told.</summary>
internal sealed class FakeAuditEntry(AuditRequest request, AuditLevel level) : IAuditEntry
{
    public AuditRequest Request => request;

    public string Id { get; } = request.Id.Length > 0 ? request.Id : Guid.NewGuid().ToString();

    public AuditLevel Level => level;

    public Value? Body { get; private set; }

    public Value? Answer { get; private set; }

    public UserInfo? Impersonated { get; private set; }

    public int Code { get; private set; }

    public ConcurrentDictionary<string, string> Annotations { get; } = [];

    public void SetRequest(Value body) => Body = body;

    public void SetImpersonated(UserInfo user) => Impersonated = user;

    public void Annotate(string key, string value) => Annotations[key] = value;

    public void ResponseStarted(int code)
    {
    }

    // The code last: it is what tests wait for.
    public void Complete(int code, MapValue? status, Value? response) => (Answer, Code) = (response, code);

    public void Panic(string message)
    {
    }
}

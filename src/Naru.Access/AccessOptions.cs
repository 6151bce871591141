using System.Collections.Immutable;
using System.Net;
using Naru.Access.Oidc;

namespace Naru.Access;

/// <summary>Who may come in, and how that is found out.</summary>
public sealed class AccessOptions
{
    /// <summary>The address that the API server listens on: stands in its certificate. With a wildcard address all addresses of the host stand there.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>More names and addresses for the API server's certificate.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary>The services' address ranges, with commas between: the first address of each is the API server's inside the cluster.</summary>
    public string ServiceRange { get; init; } = "10.96.0.0/12";

    /// <summary>Domain of the cluster's names.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary><c>iss</c> of service account tokens.</summary>
    public string ServiceAccountIssuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>For whom tokens of service accounts are meant when nobody says otherwise, and which of them the API server takes; empty for the issuer.</summary>
    public IReadOnlyList<string> ApiAudiences { get; init; } = [];

    /// <summary>Who the API server is in tokens.</summary>
    internal IReadOnlyList<string> Audiences => ApiAudiences.Count > 0 ? ApiAudiences : [ServiceAccountIssuer];

    /// <summary>Tokens for the API server that were asked for with Kubernetes' usual 3607 seconds live for a year, so that clients that never read them again go on.</summary>
    public bool ExtendTokens { get; init; } = true;

    /// <summary>Other servers may share the store: they then share authorities and keys of tokens in it.</summary>
    public bool SharesStore { get; init; }

    /// <summary>Service account tokens are signed with a new key after so long; older keys are believed as long as a token may live.</summary>
    public TimeSpan SigningKeyLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>A fixed bearer token for <c>system:masters</c>; null for none.</summary>
    public string? AdminToken { get; init; }

    /// <summary>A believed token is looked at again after so long.</summary>
    public TimeSpan TokenCacheTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An issuer of tokens outside the cluster; null for none.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>Names that client certificates of authenticating proxies must have; empty for any that the front proxy authority signed.</summary>
    public IReadOnlyList<string> FrontProxyNames { get; init; } = ["front-proxy-client"];

    /// <summary>File with the audit policy (<c>audit.k8s.io/v1</c>, Policy); null for metadata of every request that changes something.</summary>
    public string? AuditPolicyFile { get; init; }

    /// <summary>Where the audit log is written; <c>-</c> for nowhere; null for <c>DATA/audit/audit.log</c>.</summary>
    public string? AuditLogFile { get; init; }

    /// <summary>The audit log is turned over when it has grown to so many bytes.</summary>
    public long AuditLogSize { get; init; } = 100L << 20;

    /// <summary>So many turned-over audit logs are kept.</summary>
    public int AuditLogFiles { get; init; } = 10;

    /// <summary>For a credential that is meant for the API server alone: which of the wanted audiences it serves.</summary>
    internal ImmutableArray<string> Meant(IReadOnlyList<string> audiences) => [.. audiences.Intersect(Audiences)];
}

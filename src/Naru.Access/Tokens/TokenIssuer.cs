using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>Makes tokens of service accounts.</summary>
internal sealed class TokenIssuer(SigningKeys keys, AccessOptions options, TimeProvider time) : ITokenIssuer, ILegacyTokenIssuer
{
    /// <summary><c>iss</c> of tokens in secrets.</summary>
    public const string LegacyIssuer = "kubernetes/serviceaccount";

    // Kubelets ask for exactly so many seconds where the user said nothing.
    private static readonly TimeSpan KubeletsLifetime = TimeSpan.FromSeconds(3607);
    private static readonly TimeSpan Extended = TimeSpan.FromDays(365);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);

    public string Issuer => options.ServiceAccountIssuer;

    public string KeySet => keys.KeySet;

    public IssuedToken Issue(TokenWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var audiences = wish.Audiences.Count > 0 ? wish.Audiences : options.Audiences;
        var lifetime = wish.Lifetime < Shortest ? Shortest : wish.Lifetime > Extended ? Extended : wish.Lifetime;
        var extend = options.ExtendTokens && lifetime == KubeletsLifetime && wish.Bound?.Kind == "Pod" && audiences.SequenceEqual(options.Audiences);
        var kubernetes = new MapValue { ["namespace"] = wish.Namespace };
        AddBound(kubernetes, wish.Bound);
        kubernetes["serviceaccount"] = Reference(wish.ServiceAccount, wish.ServiceAccountUid);
        if (extend)
        {
            kubernetes["warnafter"] = (now + lifetime).ToUnixTimeSeconds();
        }

        var token = keys.Sign(new MapValue
        {
            ["aud"] = new ListValue(audiences.Select(static one => (Value)one)),
            ["exp"] = (now + (extend ? Extended : lifetime)).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = options.ServiceAccountIssuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = kubernetes,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"system:serviceaccount:{wish.Namespace}:{wish.ServiceAccount}",
        });
        return new IssuedToken(token, now + lifetime);
    }

    public string IssueForSecret(string @namespace, string secretName, string serviceAccount, string serviceAccountUid) => keys.Sign(new MapValue
    {
        ["iss"] = LegacyIssuer,
        ["kubernetes.io/serviceaccount/namespace"] = @namespace,
        ["kubernetes.io/serviceaccount/secret.name"] = secretName,
        ["kubernetes.io/serviceaccount/service-account.name"] = serviceAccount,
        ["kubernetes.io/serviceaccount/service-account.uid"] = serviceAccountUid,
        ["sub"] = $"system:serviceaccount:{@namespace}:{serviceAccount}",
    });

    private static void AddBound(MapValue kubernetes, BoundObject? bound)
    {
        if (bound is null)
        {
            return;
        }

        kubernetes[bound.Kind.ToLowerInvariant()] = Reference(bound.Name, bound.Uid);
        if (bound is { Kind: "Pod", NodeName.Length: > 0 })
        {
            var node = new MapValue { ["name"] = bound.NodeName };
            if (bound.NodeUid.Length > 0)
            {
                node["uid"] = bound.NodeUid;
            }

            kubernetes["node"] = node;
        }
    }

    private static MapValue Reference(string name, string uid) => new() { ["name"] = name, ["uid"] = uid };
}

using System.Security.Cryptography.X509Certificates;

namespace Naru.Objects.Access;

/// <summary>Finds out who asks. Any thread.</summary>
public interface IAuthenticator
{
    /// <summary>The user whom a checked client certificate stands for; null if it is not one of the cluster's.</summary>
    UserInfo? FromCertificate(X509Certificate2 certificate);

    /// <summary>The user whom a bearer token stands for; null if the token is not valid. With <paramref name="audiences"/> the token must be meant for one of them; empty for the API server's own.</summary>
    ValueTask<TokenIdentity?> FromTokenAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken);
}

/// <summary>Whom a token stands for, and for whom it is meant.</summary>
public sealed record TokenIdentity(UserInfo User, IReadOnlyList<string> Audiences);

/// <summary>Makes tokens of service accounts.</summary>
public interface ITokenIssuer
{
    /// <summary>A signed token.</summary>
    IssuedToken Issue(TokenWish wish);

    /// <summary>The issuer's name: <c>iss</c> of the tokens.</summary>
    string Issuer { get; }

    /// <summary>What stands at <c>/openid/v1/jwks</c>, as JSON.</summary>
    string KeySet { get; }

    /// <summary>What stands at <c>/.well-known/openid-configuration</c>, as JSON.</summary>
    string Discovery => $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer.TrimEnd('/')}}/openid/v1/jwks","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["ES256"]}""";
}

/// <summary>The token that is wished for. Bound to an object, it ends with that object.</summary>
public sealed record TokenWish(string Namespace, string ServiceAccount, string ServiceAccountUid, IReadOnlyList<string> Audiences, TimeSpan Lifetime, BoundObject? Bound);

/// <summary>What a token is bound to: a Pod, Secret or Node. For a pod, <paramref name="NodeName"/> and <paramref name="NodeUid"/> say where it runs.</summary>
public sealed record BoundObject(string Kind, string Name, string Uid, string NodeName = "", string NodeUid = "");

/// <summary>A token and its end.</summary>
public sealed record IssuedToken(string Token, DateTimeOffset Expires);

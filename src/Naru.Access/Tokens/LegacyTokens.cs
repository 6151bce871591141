using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Naru.Access.Authentication;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>Believes tokens that lie in secrets, as long as the secret holds them and their account exists.</summary>
internal sealed class LegacyTokens(SigningKeys keys, Lazy<IObjects> objects, AccessOptions options, TimeProvider time) : ITokenAuthenticator
{
    private const string Prefix = "kubernetes.io/serviceaccount/";
    private static readonly GroupResource Secrets = new("", "secrets");
    private static readonly GroupResource Accounts = new("", "serviceaccounts");

    public ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        var meant = options.Meant(audiences);
        return ValueTask.FromResult(meant.IsEmpty || JsonWebToken.Parse(token) is not { } parsed || Authenticate(parsed, token) is not { } user ? null : new TokenIdentity(user, meant));
    }

    private UserInfo? Authenticate(JsonWebToken token, string text)
    {
        var claims = token.Claims;
        if (claims.Text("iss") != TokenIssuer.LegacyIssuer || !keys.Verifies(token) || !token.IsCurrent(time.GetUtcNow(), mayLiveForever: true))
        {
            return null;
        }

        var (place, name, uid) = (Claim("namespace"), Claim("service-account.name"), Claim("service-account.uid"));
        if (objects.Value.Get(Accounts, place, name)?.Uid != uid || objects.Value.Get(Secrets, place, Claim("secret.name")) is not { } secret)
        {
            return null;
        }

        var held = secret.Tree.Text("data", "token") ?? "";
        var same = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(held), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(text))));
        return same && !secret.IsEnding && secret.Tree.Text("metadata", "labels", "kubernetes.io/legacy-token-invalid-since") is null
            ? ServiceAccountTokens.User(place, name, uid, ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty)
            : null;

        string Claim(string part) => claims.Text(Prefix + part) ?? "";
    }
}

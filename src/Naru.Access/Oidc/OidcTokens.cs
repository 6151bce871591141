using Naru.Access.Authentication;
using Naru.Access.Tokens;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Values;
using Microsoft.Extensions.Logging;

namespace Naru.Access.Oidc;

/// <summary>Believes identity tokens of an OpenID Connect issuer.</summary>
internal sealed partial class OidcTokens(OidcOptions oidc, AccessOptions options, TimeProvider time, ILogger<OidcTokens> logger) : ITokenAuthenticator, IDisposable
{
    private readonly IssuerKeys _keys = new(oidc, time);

    public async ValueTask<TokenIdentity?> AuthenticateAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        var meant = options.Meant(audiences);
        if (meant.IsEmpty || JsonWebToken.Parse(token) is not { } parsed || !Concerns(parsed))
        {
            return null;
        }

        try
        {
            if (!await _keys.VerifiesAsync(parsed, cancellationToken))
            {
                return null;
            }
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable)
        {
            LogUnavailable(failure);
            return null;
        }

        return UserOf(parsed.Claims) is { } user ? new TokenIdentity(user, meant) : null;
    }

    public void Dispose() => _keys.Dispose();

    // Everything that needs no key is looked at first: strangers' tokens cause no request to the issuer.
    private bool Concerns(JsonWebToken token) =>
        token.Claims.Text("iss") == oidc.Issuer.OriginalString
        && oidc.Algorithms.Contains(token.Algorithm)
        && token.Audiences.Contains(oidc.ClientId)
        && token.IsCurrent(time.GetUtcNow())
        && oidc.RequiredClaims.All(claim => token.Claims.Text(claim.Key) == claim.Value);

    private UserInfo? UserOf(MapValue claims)
    {
        var name = claims.Text(oidc.UserNameClaim);
        var unverified = oidc.UserNameClaim == "email" && claims["email_verified"] is { } verified && verified is not BooleanValue { Truth: true };
        if (string.IsNullOrEmpty(name) || unverified)
        {
            return null;
        }

        var prefix = oidc.UserNamePrefix switch
        {
            null => oidc.UserNameClaim == "email" ? "" : $"{oidc.Issuer.OriginalString}#",
            "-" => "",
            var own => own,
        };
        IEnumerable<string> groups = oidc.GroupsClaim.Length == 0 ? [] : claims[oidc.GroupsClaim] switch
        {
            TextValue one => [one.Text],
            ListValue list => list.Texts(),
            _ => [],
        };
        return new UserInfo { Name = prefix + name, Groups = Groups.Authenticated(groups.Select(group => oidc.GroupsPrefix + group)) };
    }

    [LoggerMessage(11002, LogLevel.Warning, "Identity tokens cannot be checked")]
    private partial void LogUnavailable(Exception exception);
}

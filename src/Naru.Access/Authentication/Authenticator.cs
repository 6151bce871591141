using System.Security.Cryptography.X509Certificates;
using Naru.Objects.Access;

namespace Naru.Access.Authentication;

/// <summary>All ways to find out who asks.</summary>
internal sealed class Authenticator(CertificateAuthenticator certificates, IEnumerable<ITokenAuthenticator> tokens, TokenCache cache, AccessOptions options) : IAuthenticator
{
    private readonly ITokenAuthenticator[] _tokens = [.. tokens];

    public UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificates.Authenticate(certificate);
    }

    public async ValueTask<TokenIdentity?> FromTokenAsync(string token, IReadOnlyList<string> audiences, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(audiences);
        var wanted = audiences.Count > 0 ? audiences : options.Audiences;
        if (token.Length is 0 or > TokenLimits.Length)
        {
            return null;
        }

        if (cache.TryGet(token, wanted, out var known))
        {
            return known;
        }

        foreach (var way in _tokens)
        {
            if (await way.AuthenticateAsync(token, wanted, cancellationToken) is { } identity)
            {
                cache.Keep(token, wanted, identity);
                return identity;
            }
        }

        return null;
    }
}

using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;

namespace Naru.Dialects.Kubernetes.Access;

/// <summary>Finds out who sends a request: a front proxy's word, a client certificate, a bearer token, nobody. Bad credentials are refused; none are anonymous.</summary>
internal sealed class RequestAuthentication(IAuthenticator authenticator, IEnumerable<IProxyAuthenticator> proxies, KubernetesDialectOptions options)
{
    private const string TokenProtocol = "base64url.bearer.authorization.k8s.io.";
    private static readonly object CertificateUser = new();

    private readonly IProxyAuthenticator? _proxy = proxies.FirstOrDefault();

    /// <summary>The user. 401 when the credentials are no good, or none are given and anonymous requests are not taken.</summary>
    public async ValueTask<UserInfo> AuthenticateAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var certificate = http.Connection.ClientCertificate;
        var user = FromProxy(http, certificate) ?? FromCertificate(http, certificate);
        if (user is not null)
        {
            return Known(user);
        }

        var token = TokenOf(http.Request);
        if (token is not null)
        {
            var identity = await authenticator.FromTokenAsync(token, [], cancellationToken) ?? throw StatusFailure.Unauthorized();
            return Known(identity.User);
        }

        // A certificate that is not one of the cluster's is a wrong credential, not none.
        return options.AnonymousAllowed && certificate is null ? UserInfo.Anonymous : throw StatusFailure.Unauthorized();
    }

    private UserInfo? FromProxy(HttpContext http, X509Certificate2? certificate)
    {
        var headers = http.Request.Headers;
        var named = headers.Where(static header => header.Key.StartsWith("X-Remote-", StringComparison.OrdinalIgnoreCase)).ToList();
        if (named.Count == 0)
        {
            return null;
        }

        foreach (var (name, _) in named)
        {
            headers.Remove(name);
        }

        return certificate is null ? null : _proxy?.FromProxy(certificate, named.SelectMany(static header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? ""))));
    }

    // The chain is checked once a connection: its requests are many and its certificate is one.
    private UserInfo? FromCertificate(HttpContext http, X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return null;
        }

        var items = http.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(CertificateUser, out var kept))
        {
            return kept as UserInfo;
        }

        var user = authenticator.FromCertificate(certificate);
        if (items is not null)
        {
            lock (items)
            {
                items[CertificateUser] = user;
            }
        }

        return user;
    }

    private static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Authorization = default;
            var token = header[7..].Trim();
            return token.Length > 0 ? token : null;
        }

        if (request.Headers.SecWebSocketProtocol.Count == 0)
        {
            return null;
        }

        return FromProtocols(request);
    }

    // Browsers cannot set headers of a WebSocket: the token travels as one of the protocols, and is taken off before the request goes on.
    private static string? FromProtocols(HttpRequest request)
    {
        string? token = null;
        var others = new List<string>();
        foreach (var one in request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!one.StartsWith(TokenProtocol, StringComparison.Ordinal))
            {
                others.Add(one);
            }
            else if (Base64Url.IsValid(one.AsSpan(TokenProtocol.Length)))
            {
                token = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(one.AsSpan(TokenProtocol.Length)));
            }
        }

        if (token is not null)
        {
            request.Headers.SecWebSocketProtocol = string.Join(", ", others);
        }

        return token;
    }

    private static UserInfo Known(UserInfo user) =>
        user.Groups.Contains("system:authenticated") || user.Groups.Contains("system:unauthenticated")
            ? user
            : user with { Groups = user.Groups.IsDefault ? ImmutableArray.Create("system:authenticated") : user.Groups.Add("system:authenticated") };
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Registries;

/// <summary>Answers the challenges of one registry with one set of credentials. Tokens are fetched per scope and again shortly before they end.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore whose handle is never asked for holds nothing to dispose.")]
internal sealed class TokenSource(RegistryTransport transport, RegistryEndpoint endpoint, RegistryCredentials? credentials, RegistryHosts hosts, AnswerTimeout timeout, TimeProvider time)
{
    private const string ClientId = "naru";
    private const int DefaultLifetime = 60;
    private const int BodyLimit = 1 << 20;

    private readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private AuthChallenge? _challenge;

    /// <summary>A refresh token that came with an access token; empty: none.</summary>
    internal string RefreshToken { get; private set; } = "";

    internal bool HasChallenge => _challenge is not null;

    internal void Learn(AuthChallenge challenge) => _challenge = challenge;

    /// <summary>What to send for the scopes, null for nothing. Scopes are separated by spaces; none is for "/v2/" itself.</summary>
    internal async Task<AuthenticationHeaderValue?> GetAsync(string scopes, CancellationToken cancellationToken)
    {
        if (credentials is { RegistryToken.Length: > 0 })
        {
            return new("Bearer", credentials.RegistryToken);
        }

        if (_challenge is not { } challenge)
        {
            return null;
        }

        if (!challenge.IsBearer)
        {
            return credentials is { User.Length: > 0 } ? Basic(credentials) : null;
        }

        if (_tokens.TryGetValue(scopes, out var known) && known.Until > time.GetUtcNow())
        {
            return new("Bearer", known.Token);
        }

        await _fetching.WaitAsync(cancellationToken);
        try
        {
            if (!_tokens.TryGetValue(scopes, out known) || known.Until <= time.GetUtcNow())
            {
                known = await FetchAsync(challenge, scopes, offline: false, cancellationToken);
                _tokens[scopes] = known;
            }

            return new("Bearer", known.Token);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>Throws a refused token away, so that the next call fetches another.</summary>
    internal void Forget(string scopes) => _tokens.TryRemove(scopes, out _);

    /// <summary>Fetches a token for logging in, and a refresh token where the server gives one.</summary>
    internal async Task LogInAsync(CancellationToken cancellationToken)
    {
        if (_challenge is { IsBearer: true } challenge)
        {
            _tokens[""] = await FetchAsync(challenge, "", offline: true, cancellationToken);
        }
    }

    private async Task<(string Token, DateTimeOffset Until)> FetchAsync(AuthChallenge challenge, string scopes, bool offline, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out var realm) || realm.Scheme is not ("https" or "http"))
        {
            throw new NaruException(ErrorKind.Unauthenticated, $"registry {endpoint.Host} names an impossible token server \"{challenge.Realm}\"");
        }

        var hasSecret = credentials is { User.Length: > 0 } or { IdentityToken.Length: > 0 };
        if (hasSecret && realm.Scheme == "http" && !hosts.IsInsecure(realm.Authority))
        {
            throw new NaruException(
                ErrorKind.Unauthenticated, $"registry {endpoint.Host} wants credentials sent to {realm.GetLeftPart(UriPartial.Path)} without TLS, which is refused");
        }

        using var request = credentials is { IdentityToken.Length: > 0 } ? Refresh(realm, challenge, scopes) : Ask(realm, challenge, scopes, offline);
        var (status, body) = await SendAsync(realm, request, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            throw status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
                ? new NaruException(ErrorKind.Unauthenticated, $"{RegistryErrors.Describe(body) ?? "unauthorized: authentication required"}")
                : new NaruException(ErrorKind.Unavailable, $"token server {realm.Authority} answered {(int)status}");
        }

        return Take(realm, body);
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(Uri realm, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await timeout.WaitAsync(
                request,
                async limited =>
                {
                    using var response = await transport.Get(realm.Authority, hosts.IsInsecure(realm.Authority)).SendAsync(request, limited);
                    return (response.StatusCode, await RegistryErrors.ReadBodyAsync(response, BodyLimit, limited));
                },
                cancellationToken);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or IOException)
        {
            throw RegistryErrors.Unreachable(realm, unreachable);
        }
    }

    private (string Token, DateTimeOffset Until) Take(Uri realm, byte[] body)
    {
        try
        {
            var file = JsonSerializer.Deserialize(body, RegistryJson.Default.TokenFile);
            if ((file?.Token ?? file?.AccessToken) is not { Length: > 0 } token)
            {
                throw new JsonException("it holds no token");
            }

            RefreshToken = file!.RefreshToken ?? RefreshToken;
            var lifetime = Math.Max(file.ExpiresIn ?? DefaultLifetime, DefaultLifetime);
            return (token, time.GetUtcNow().AddSeconds(lifetime * 0.8));
        }
        catch (JsonException broken)
        {
            throw new NaruException(ErrorKind.Unavailable, $"token server {realm.Authority} gave an answer that cannot be read: {broken.Message}", broken);
        }
    }

    private HttpRequestMessage Ask(Uri realm, AuthChallenge challenge, string scopes, bool offline)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Add(query, "service", challenge.Service);
        foreach (var scope in scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Add(query, "scope", scope);
        }

        if (credentials is { User.Length: > 0 } named)
        {
            Add(query, "account", named.User);
        }

        if (offline)
        {
            Add(query, "client_id", ClientId);
            Add(query, "offline_token", "true");
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        if (credentials is { User.Length: > 0 } secret)
        {
            request.Headers.Authorization = Basic(secret);
        }

        return request;
    }

    private HttpRequestMessage Refresh(Uri realm, AuthChallenge challenge, string scopes) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"),
            new("service", challenge.Service),
            new("client_id", ClientId),
            new("scope", scopes),
            new("refresh_token", credentials!.IdentityToken),
        ]),
    };

    private static AuthenticationHeaderValue Basic(RegistryCredentials credentials) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Password}")));

    private static void Add(StringBuilder query, string key, string value)
    {
        if (value.Length > 0)
        {
            query.Append(query.Length > 0 ? "&" : "").Append(key).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}

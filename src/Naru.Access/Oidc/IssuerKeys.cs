using System.Security.Cryptography.X509Certificates;
using Naru.Access.Tokens;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Oidc;

/// <summary>The keys of an issuer: read from it when first needed, after an hour, and when a token names a key that is not known, though not more often than every ten seconds.</summary>
internal sealed class IssuerKeys : IDisposable
{
    private const int MostBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly OidcOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Snapshot _current = new([], DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    public IssuerKeys(OidcOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _client = new HttpClient(MakeHandler(options)) { MaxResponseContentBufferSize = MostBytes, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Whether one of the issuer's keys signed the token. Unavailable if the keys cannot be read and none are known.</summary>
    public async ValueTask<bool> VerifiesAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        var keys = _current;
        if (_time.GetUtcNow() - keys.Read > Fresh || !keys.Knows(token))
        {
            keys = await ReadAsync(token, cancellationToken);
        }

        return keys.Keys.Any(key => (token.KeyId.Length == 0 || key.Id.Length == 0 || key.Id == token.KeyId) && key.Verifies(token));
    }

    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }

    private static SocketsHttpHandler MakeHandler(OidcOptions options)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (options.AuthorityFile is { } file)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        return handler;
    }

    private async Task<Snapshot> ReadAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var now = _time.GetUtcNow();
            var known = _current;
            if ((now - known.Read <= Fresh && known.Knows(token)) || now - known.Tried < Pause)
            {
                return known;
            }

            _current = known with { Tried = now };
            using var limit = new CancellationTokenSource(Patience, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var keys = await FetchKeysAsync(both.Token);
            return _current = new Snapshot(keys, now, now);
        }
        catch (Exception exception) when (exception is HttpRequestException or NaruException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // An issuer that is away for a while does not lock out those whose keys are known.
            return _current.Keys.Count > 0 ? _current : throw new NaruException(ErrorKind.Unavailable, $"the keys of issuer {_options.Issuer} cannot be read: {exception.Message}", exception);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<List<VerificationKey>> FetchKeysAsync(CancellationToken cancellationToken)
    {
        var issuer = _options.Issuer.OriginalString;
        var document = await FetchAsync(new Uri($"{issuer.TrimEnd('/')}/.well-known/openid-configuration"), cancellationToken);
        if (document.Text("issuer") != issuer)
        {
            throw NaruException.Invalid($"the discovery document is of issuer \"{document.Text("issuer")}\", not of \"{issuer}\"");
        }

        if (!Uri.TryCreate(document.Text("jwks_uri"), UriKind.Absolute, out var place))
        {
            throw NaruException.Invalid("the discovery document names no jwks_uri");
        }

        var set = await FetchAsync(place, cancellationToken);
        return [.. set.Maps("keys").Select(VerificationKey.FromJwk).OfType<VerificationKey>()];
    }

    private async Task<MapValue> FetchAsync(Uri place, CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(place, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return JsonText.ParseMap(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private sealed record Snapshot(List<VerificationKey> Keys, DateTimeOffset Read, DateTimeOffset Tried)
    {
        public bool Knows(JsonWebToken token) => token.KeyId.Length == 0 ? Keys.Count > 0 : Keys.Exists(key => key.Id == token.KeyId);
    }
}

using System.Collections.Concurrent;
using System.Net;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Registries;

/// <summary>Finds the address at which a registry answers and opens a session there.</summary>
internal sealed class RegistryConnector(RegistryTransport transport, RegistryHosts hosts, ImagesOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Uri> _plain = new(StringComparer.Ordinal);
    private readonly AnswerTimeout _timeout = new(options.RegistryTimeout, time);

    /// <summary>A session with the registry itself.</summary>
    internal async Task<RegistrySession> ConnectAsync(string registry, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        await FirstAsync(hosts.Find(registry, withMirrors: false), credentials, cancellationToken);

    /// <summary>Sessions with the registry's mirrors that answer, then with itself.</summary>
    internal async IAsyncEnumerable<RegistrySession> ConnectAllAsync(
        string registry, RegistryCredentials? credentials, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var endpoints = hosts.Find(registry, withMirrors: true);
        foreach (var mirror in endpoints.Where(endpoint => endpoint.IsMirror))
        {
            if (await TryAsync(mirror, null, cancellationToken) is (RegistrySession session, null))
            {
                yield return session;
            }
        }

        yield return await FirstAsync([.. endpoints.Where(endpoint => !endpoint.IsMirror)], credentials, cancellationToken);
    }

    private async Task<RegistrySession> FirstAsync(
        IReadOnlyList<RegistryEndpoint> endpoints, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        // A plain registry is remembered, so that TLS is not tried in vain each time.
        var ordered = endpoints.OrderByDescending(endpoint => _plain.TryGetValue(endpoint.Host, out var known) && known == endpoint.Base);
        NaruException? failure = null;
        foreach (var endpoint in ordered)
        {
            var (session, problem) = await TryAsync(endpoint, credentials, cancellationToken);
            if (session is not null)
            {
                if (endpoint.Base.Scheme == "http")
                {
                    _plain[endpoint.Host] = endpoint.Base;
                }

                return session;
            }

            failure = problem;
        }

        throw failure!;
    }

    private async Task<(RegistrySession? Session, NaruException? Problem)> TryAsync(
        RegistryEndpoint endpoint, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var tokens = new TokenSource(transport, endpoint, credentials, hosts, _timeout, time);
        var session = new RegistrySession(endpoint, transport, hosts, tokens, _timeout);
        try
        {
            var status = await session.PingAsync(cancellationToken);
            return status >= HttpStatusCode.InternalServerError
                ? (null, new(ErrorKind.Unavailable, $"Get \"{session.Address("")}\": the registry answered {(int)status}"))
                : (session, null);
        }
        catch (HttpRequestException unreachable)
        {
            return (null, RegistryErrors.Unreachable(session.Address(""), unreachable));
        }
        catch (NaruException silent) when (silent.Kind == ErrorKind.Unavailable)
        {
            return (null, silent);
        }
    }
}

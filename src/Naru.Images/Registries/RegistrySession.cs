using System.Net;
using Naru.Core.Errors;

namespace Naru.Images.Registries;

/// <summary>
/// Talks to one registry on one caller's behalf: answers challenges, follows redirects, and sends credentials to the registry alone, never to a
/// host that it redirects to. Safe for several requests at a time.
/// </summary>
internal sealed class RegistrySession(
    RegistryEndpoint endpoint, RegistryTransport transport, RegistryHosts hosts, TokenSource tokens, AnswerTimeout timeout)
{
    private const int MaxRedirects = 10;

    internal RegistryEndpoint Endpoint => endpoint;

    internal TokenSource Tokens => tokens;

    /// <summary>How long the registry may stay silent.</summary>
    internal AnswerTimeout Timeout => timeout;

    internal Uri Address(string path) => new($"{endpoint.Base.AbsoluteUri.TrimEnd('/')}/v2/{path}");

    /// <summary>Sees whether a registry answers, and learns what it wants to see.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    internal async Task<HttpStatusCode> PingAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(""));
        request.Headers.Authorization = await tokens.GetAsync("", cancellationToken);
        using var response = await SendInTimeAsync(request, endpoint.Host, endpoint.IsInsecure, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && AuthChallenge.From(response.Headers) is { } challenge)
        {
            tokens.Learn(challenge);
        }

        return response.StatusCode;
    }

    /// <summary>
    /// Sends a request, made anew for each try. The answer is the caller's to dispose, and to judge by its status. A request whose body can be sent once only
    /// says so, and is then not repeated after a challenge.
    /// </summary>
    internal async Task<HttpResponseMessage> SendAsync(
        Uri address, string scopes, Func<Uri, HttpRequestMessage> make, CancellationToken cancellationToken, bool canRepeat = true)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await SendOnceAsync(address, scopes, make, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized && tries == 0 && canRepeat && AuthChallenge.From(response.Headers) is { } challenge)
            {
                response.Dispose();
                tokens.Learn(challenge);
                tokens.Forget(scopes);
                continue;
            }

            return IsRedirect(response) ? await FollowAsync(address, scopes, response, make, cancellationToken) : response;
        }
    }

    /// <summary>An address that the registry gave for going on, such as an upload's; kept on TLS if the registry is.</summary>
    internal Uri Continue(Uri asked, Uri location)
    {
        var next = location.IsAbsoluteUri ? location : new Uri(asked, location);
        return next.Scheme == "http" && endpoint.Base.Scheme == "https" && next.Host == endpoint.Base.Host
            ? new UriBuilder(next) { Scheme = "https", Port = endpoint.Base.Port }.Uri
            : next;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        Uri address, string scopes, Func<Uri, HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make(address);
        if (IsHome(address))
        {
            request.Headers.Authorization = await tokens.GetAsync(scopes, cancellationToken);
            return await SendAsync(request, endpoint.Host, endpoint.IsInsecure, cancellationToken);
        }

        return await SendAsync(request, address.Authority, hosts.IsInsecure(address.Authority), cancellationToken);
    }

    private async Task<HttpResponseMessage> FollowAsync(
        Uri address, string scopes, HttpResponseMessage response, Func<Uri, HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var hops = 0; IsRedirect(response); hops++)
        {
            var next = Continue(address, response.Headers.Location!);
            response.Dispose();
            if (hops == MaxRedirects)
            {
                throw new NaruException(ErrorKind.Unavailable, $"registry {endpoint.Host} redirects more than {MaxRedirects} times");
            }

            if (next.Scheme is not ("https" or "http") || (address.Scheme == "https" && next.Scheme == "http" && !endpoint.IsInsecure))
            {
                throw new NaruException(ErrorKind.FailedPrecondition, $"registry {endpoint.Host} redirects from https to {next.Scheme}, which is refused");
            }

            address = next;
            response = await SendOnceAsync(address, scopes, make, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !IsHome(address))
            {
                response.Dispose();
                throw new NaruException(
                    ErrorKind.Unauthenticated, $"registry {endpoint.Host} redirects to {address.Authority}, which asks for credentials; they are not given to another host");
            }
        }

        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string host, bool insecure, CancellationToken cancellationToken)
    {
        try
        {
            return await SendInTimeAsync(request, host, insecure, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw RegistryErrors.Unreachable(request.RequestUri!, unreachable);
        }
    }

    /// <summary>Sends and waits for the answer's head; an upload may take its time before that.</summary>
    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, string host, bool insecure, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Patch || request.Method == HttpMethod.Put)
        {
            return await transport.Get(host, insecure).SendAsync(request, cancellationToken);
        }

        return await timeout.WaitAsync(request, limited => transport.Get(host, insecure).SendAsync(request, limited), cancellationToken);
    }

    private bool IsHome(Uri address) =>
        address.Scheme == endpoint.Base.Scheme && address.Host == endpoint.Base.Host && address.Port == endpoint.Base.Port;

    private static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null
        && response.RequestMessage!.Method is var method && (method == HttpMethod.Get || method == HttpMethod.Head);
}

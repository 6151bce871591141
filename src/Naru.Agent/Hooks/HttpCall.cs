using System.Net;
using System.Net.Security;
using System.Text;
using Naru.Objects.Values;

namespace Naru.Agent.Hooks;

/// <summary>HTTP requests to containers, as probes and hooks make them: no trust is asked of certificates, redirects stay on the host.</summary>
internal sealed class HttpCall : IDisposable
{
    private const int MostBody = 10 * 1024;
    private const int MostRedirects = 10;

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
    });

    /// <summary>Makes the request that an <c>httpGet</c> asks for.</summary>
    /// <returns>Status and the begin of the body.</returns>
    public async Task<(int Status, string Body)> GetAsync(MapValue action, MapValue container, string address, string agent, CancellationToken cancellationToken)
    {
        var uri = UriOf(action, container, address);
        for (var hop = 0; ; hop++)
        {
            using var request = Request(uri, action, agent);
            using var response = await _client.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location && hop < MostRedirects)
            {
                var next = new Uri(uri, location);
                if (next.Host == uri.Host)
                {
                    uri = next;
                    continue;
                }
            }

            return ((int)response.StatusCode, await BodyAsync(response, cancellationToken));
        }
    }

    /// <summary>Where an <c>httpGet</c> leads.</summary>
    public static Uri UriOf(MapValue action, MapValue container, string address)
    {
        var host = action.Text("host") is { Length: > 0 } named ? named : address;
        var port = PortLookup.Find(container, action["port"]) ?? throw new HttpRequestException($"invalid port: {action["port"]}");
        var path = action.Text("path") ?? "/";
        var scheme = (action.Text("scheme") ?? "HTTP").ToLowerInvariant();
        return new Uri($"{scheme}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}{(path.StartsWith('/') ? path : "/" + path)}");
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(Uri uri, MapValue action, string agent)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        foreach (var header in action.Maps("httpHeaders"))
        {
            var (name, value) = (header.Text("name") ?? "", header.Text("value") ?? "");
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = value;
                continue;
            }

            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostBody];
        var count = await stream.ReadAtLeastAsync(buffer, MostBody, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}

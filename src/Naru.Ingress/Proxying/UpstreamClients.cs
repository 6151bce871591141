using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using Naru.Ingress.Backends;

namespace Naru.Ingress.Proxying;

/// <summary>Connections to endpoints, kept open between requests; a pool for each way to speak and each patience with connecting.</summary>
internal sealed class UpstreamClients : IDisposable
{
    // Endpoints close idle connections themselves; who is first avoids a request that runs into a closing one.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(bool IsTls, TimeSpan Connect), HttpMessageInvoker> _clients = new();

    public HttpMessageInvoker For(BackendProtocol protocol, TimeSpan connect) =>
        _clients.GetOrAdd((protocol is BackendProtocol.Https or BackendProtocol.Https2, connect), static key => Make(key.IsTls, key.Connect));

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static HttpMessageInvoker Make(bool isTls, TimeSpan connect)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = connect,
            PooledConnectionIdleTimeout = Idle,
        };
        if (isTls)
        {
#pragma warning disable CA5359 // Pods' certificates are for nobody's name; nginx does not look at them either unless told to.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}

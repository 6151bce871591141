using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>Clients for the servers that requests are forwarded to. Connections are shared by server and let go when idle.</summary>
internal sealed class UpstreamConnections : IDisposable
{
    private const int Most = 256;

    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _clients = new(StringComparer.Ordinal);

    /// <summary>The client for a server.</summary>
    public HttpMessageInvoker ClientFor(Upstream upstream)
    {
        if (_clients.Count > Most)
        {
            // Connections in use stay alive; the rest is opened anew when needed.
            _clients.Clear();
        }

        return _clients.GetOrAdd(upstream.Key, static (_, one) => new HttpMessageInvoker(HandlerFor(one)), upstream);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static SocketsHttpHandler HandlerFor(Upstream upstream)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ActivityHeadersPropagator = null,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(upstream, context.DnsEndPoint, cancellationToken),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(upstream, certificate, chain, errors);
        if (upstream.SplitsHeaders)
        {
            handler.PooledConnectionLifetime = TimeSpan.Zero;
            handler.PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(new HeaderLineStream(context.PlaintextStream));
        }

        if (upstream.ServerName.Length > 0)
        {
            handler.SslOptions.TargetHost = upstream.ServerName;
        }

        if (upstream.Certificate is { } own)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own()!;
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(Upstream upstream, DnsEndPoint place, CancellationToken cancellationToken)
    {
        if (upstream.Connect is { } shorter && await shorter(cancellationToken) is { } stream)
        {
            return stream;
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(place, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsTrusted(Upstream upstream, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (upstream.ServerName.Length == 0 || errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (upstream.Authorities.Length == 0 || certificate is not X509Certificate2 known || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.ImportFromPem(upstream.Authorities);
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(static one => one.Certificate).ToArray());
        }

        return own.Build(known);
    }
}

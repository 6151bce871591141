using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Admission.Webhooks;

/// <summary>Connections to webhooks, kept by the authorities that they are trusted by.</summary>
internal sealed class WebhookClients(ServiceEndpoints endpoints) : IDisposable
{
    private const int MostKept = 128;
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _clients = new();

    /// <summary>A client that trusts certificates of these authorities alone; of the host's if there are none.</summary>
    /// <param name="authorities">In PEM.</param>
    /// <param name="isService">Names are those of services of the cluster.</param>
    public HttpMessageInvoker For(ReadOnlyMemory<byte> authorities, bool isService)
    {
        var key = $"{isService} {Convert.ToHexStringLower(SHA256.HashData(authorities.Span))}";
        if (_clients.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_clients.Count >= MostKept)
        {
            // Not disposed: calls may be under way. Idle connections end by themselves.
            _clients.Clear();
        }

        return _clients.GetOrAdd(key, _ => Make(authorities, isService));
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private HttpMessageInvoker Make(ReadOnlyMemory<byte> authorities, bool isService)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            MaxResponseHeadersLength = 64,
        };
        if (!authorities.IsEmpty)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(authorities) };
        }

        if (isService)
        {
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken);
        }

        return new HttpMessageInvoker(handler);
    }

    private static X509ChainPolicy Trust(ReadOnlyMemory<byte> authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(authorities.Span));
        }
        catch (CryptographicException failure)
        {
            throw new NaruException(ErrorKind.Unavailable, "unable to load root certificates: unable to parse bytes as PEM block", failure);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new NaruException(ErrorKind.Unavailable, "unable to load root certificates: unable to parse bytes as PEM block");
    }

    // name.namespace.svc
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint service, CancellationToken cancellationToken)
    {
        var parts = service.Host.Split('.');
        Exception? last = null;
        foreach (var (host, port) in endpoints.Of(parts[1], parts[0], service.Port))
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(host, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }
}

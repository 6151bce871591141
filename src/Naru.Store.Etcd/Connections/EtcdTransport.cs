using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Naru.Core.Errors;

namespace Naru.Store.Etcd.Connections;

/// <summary>Makes the channel to one member.</summary>
internal static class EtcdTransport
{
    public static GrpcChannel Channel(Uri endpoint, EtcdStoreOptions options) => GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            // etcd closes connections that ask more often than every five seconds.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
            SslOptions = Tls(options),
        },
        DisposeHttpClient = true,
        ThrowOperationCanceledOnCancellation = true,
        MaxReceiveMessageSize = null,
        MaxSendMessageSize = null,
    });

    private static SslClientAuthenticationOptions Tls(EtcdStoreOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        try
        {
            if (options.ClientCertificate is { } certificate)
            {
                // A detour over PKCS#12: a key read from PEM does not serve for TLS on every platform.
                using var read = X509Certificate2.CreateFromPemFile(certificate, options.ClientKey);
                tls.ClientCertificates = [X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null)];
            }

            if (options.CertificateAuthority is { } authority)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(authority);
                tls.CertificateChainPolicy = policy;
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"the certificates for etcd cannot be read: {e.Message}", e);
        }

        return tls;
    }
}

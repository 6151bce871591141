using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Naru.Ingress.Certificates;

/// <summary>A certificate with its key and chain, ready for handshakes: made once, so that sessions can be resumed.</summary>
internal sealed class ServerIdentity
{
    private ServerIdentity(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        Certificate = certificate;
        Options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    public X509Certificate2 Certificate { get; }

    public SslServerAuthenticationOptions Options { get; }

    /// <summary>Reads what a secret of type kubernetes.io/tls holds.</summary>
    /// <exception cref="CryptographicException">It is not a certificate and its key.</exception>
    public static ServerIdentity FromPem(string certificates, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        if (chain.Count == 0)
        {
            throw new CryptographicException("there is no certificate in it");
        }

        var leaf = X509Certificate2.CreateFromPem(certificates, key);
        chain.RemoveAt(0);
        return new ServerIdentity(leaf, chain);
    }

    /// <summary>One that nobody vouches for, for names without a certificate: a client that does not look gets an answer, others are told.</summary>
    public static ServerIdentity SelfSigned(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Naru Ingress, O=No certificate for this name", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("ingress.local");
        request.CertificateExtensions.Add(names.Build());
        var now = time.GetUtcNow();
        return new ServerIdentity(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(5)), []);
    }
}

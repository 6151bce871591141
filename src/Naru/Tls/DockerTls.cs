using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Naru.Configuration;

namespace Naru.Tls;

/// <summary>Mutual TLS of the Docker API: who the server is and which clients it lets in.</summary>
internal sealed class DockerTls : IDisposable
{
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2Collection _authorities;

    private DockerTls(X509Certificate2 server, X509Certificate2Collection authorities)
    {
        _server = server;
        _authorities = authorities;
    }

    /// <summary>Reads the given files, or issues from the instance's own authority.</summary>
    /// <exception cref="ConfigurationException">A file holds no certificate or key.</exception>
    public static DockerTls Load(NaruOptions options, IPAddress address, TimeProvider time)
    {
        var authorities = new X509Certificate2Collection();
        if (options.DockerTlsCert is null)
        {
            var authority = new CertificateAuthority(options.DataDirectory, time);
            authorities.ImportFromPem(authority.CertificatePem());
            return new DockerTls(authority.IssueServer(address), authorities);
        }

        try
        {
            authorities.ImportFromPemFile(options.DockerTlsCa!);
            return new DockerTls(X509Certificate2.CreateFromPemFile(options.DockerTlsCert, options.DockerTlsKey), authorities);
        }
        catch (System.Security.Cryptography.CryptographicException exception)
        {
            throw new ConfigurationException($"docker-tls-cert, docker-tls-key or docker-tls-ca: {exception.Message}");
        }
    }

    public void Configure(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = _server;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => IsTrusted(certificate);
        https.CheckCertificateRevocation = false;
    }

    public void Dispose()
    {
        _server.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    // Only this authority counts, whatever the host trusts; names of clients are not looked at.
    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }
}

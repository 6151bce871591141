using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Naru.Core.Lifetime;
using Naru.Objects.Access;

namespace Naru.Access.Certificates;

/// <summary>The cluster's certificates below <c>DATA/pki</c>; made when first asked for. Three authorities, so that a key that signs for clients cannot make a server and the other way round.</summary>
public sealed class ClusterPki : IClusterCertificates, IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>Files and names of the authorities.</summary>
    internal static readonly ImmutableArray<(string File, string Name)> Authorities = [("ca.pem", "kubernetes"), ("client-ca.pem", "kubernetes-client-ca"), ("front-proxy-ca.pem", "front-proxy-ca")];

    private readonly Lazy<CertificateAuthority> _server;
    private readonly Lazy<CertificateAuthority> _client;
    private readonly Lazy<CertificateAuthority> _proxy;
    private readonly Lazy<LeafCertificate> _serverLeaf;
    private readonly Lazy<LeafCertificate> _proxyLeaf;
    private readonly Lazy<LeafCertificate> _kubeletLeaf;

    /// <summary>Certificates below the data directory.</summary>
    public ClusterPki(EngineDirectories directories, AccessOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(directories);
        string At(string name) => directories.DataPath("pki", name);
        Lazy<CertificateAuthority> Authority(int place) => new(() => CertificateAuthority.LoadOrMake(At(Authorities[place].File), Authorities[place].Name, time));
        (_server, _client, _proxy) = (Authority(0), Authority(1), Authority(2));
        _serverLeaf = new(() => new(At("apiserver.pem"), _server.Value, CertificateUses.Server,
            () => new CertificateWish("kube-apiserver", [], CertificateWish.ServerUsages, Year, ServerNames.Of(options)), time));
        _proxyLeaf = new(() => new(At("front-proxy-client.pem"), _proxy.Value, CertificateUses.Client,
            static () => new CertificateWish("front-proxy-client", [], CertificateWish.ClientUsages, Year), time));
        _kubeletLeaf = new(() => new(At("apiserver-kubelet-client.pem"), _client.Value, CertificateUses.Client,
            static () => new CertificateWish("kube-apiserver-kubelet-client", ["system:masters"], CertificateWish.ClientUsages, Year), time));
    }

    /// <inheritdoc/>
    public X509Certificate2 Server => _serverLeaf.Value.Current;

    /// <inheritdoc/>
    public X509Certificate2 FrontProxyClient => _proxyLeaf.Value.Current;

    /// <inheritdoc/>
    public X509Certificate2 KubeletClient => _kubeletLeaf.Value.Current;

    /// <inheritdoc/>
    public string ServerAuthority => _server.Value.Pem;

    /// <inheritdoc/>
    public string ClientAuthority => _client.Value.Pem;

    /// <inheritdoc/>
    public string FrontProxyAuthority => _proxy.Value.Pem;

    /// <inheritdoc/>
    public ClientCredential IssueClient(string user, IReadOnlyList<string> groups, TimeSpan lifetime)
    {
        using var certificate = _client.Value.Issue(new CertificateWish(user, groups, CertificateWish.ClientUsages, lifetime));
        using var key = certificate.GetECDsaPrivateKey()!;
        return new ClientCredential(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <inheritdoc/>
    public string Sign(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime) => _client.Value.Sign(requestPem, usages, lifetime);

    /// <summary>Whether the client authority signed this client's certificate, and it is valid now.</summary>
    public bool IsClient(X509Certificate2 certificate) => _client.Value.Verifies(certificate, CertificateUses.Client);

    /// <summary>Whether this is an authenticating proxy's certificate, valid now.</summary>
    public bool IsFrontProxy(X509Certificate2 certificate) => _proxy.Value.Verifies(certificate, CertificateUses.Client);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var leaf in new[] { _serverLeaf, _proxyLeaf, _kubeletLeaf })
        {
            if (leaf.IsValueCreated)
            {
                leaf.Value.Dispose();
            }
        }

        foreach (var authority in new[] { _server, _client, _proxy })
        {
            if (authority.IsValueCreated)
            {
                authority.Value.Dispose();
            }
        }
    }
}

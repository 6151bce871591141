using System.Security.Cryptography.X509Certificates;

namespace Naru.Objects.Access;

/// <summary>The cluster's own certificates. Any thread. Certificates that are handed out belong to this port: callers do not dispose them, and ask again for each use,
/// since those near their end are replaced.</summary>
public interface IClusterCertificates
{
    /// <summary>What the API server shows to its clients, with its key.</summary>
    X509Certificate2 Server { get; }

    /// <summary>What the API server shows to aggregated API servers, with its key.</summary>
    X509Certificate2 FrontProxyClient { get; }

    /// <summary>What the API server shows to kubelets, with its key.</summary>
    X509Certificate2 KubeletClient { get; }

    /// <summary>PEM of the authority that signed <see cref="Server"/>: what clients trust (<c>kube-root-ca.crt</c>).</summary>
    string ServerAuthority { get; }

    /// <summary>PEM of the authorities whose client certificates are taken.</summary>
    string ClientAuthority { get; }

    /// <summary>PEM of the authority that signs for authenticating proxies.</summary>
    string FrontProxyAuthority { get; }

    /// <summary>A certificate with its key for a client, signed by the cluster's client authority.</summary>
    ClientCredential IssueClient(string user, IReadOnlyList<string> groups, TimeSpan lifetime);

    /// <summary>Signs somebody's request (PEM, PKCS#10) with the cluster's client authority and gives the certificate (PEM): subject and names as asked for.
    /// InvalidArgument if the request is not one.</summary>
    /// <param name="requestPem">The request.</param>
    /// <param name="usages">Words of the CertificateSigningRequest: <c>digital signature</c>, <c>client auth</c>…</param>
    /// <param name="lifetime">Cut to the authority's own end.</param>
    string Sign(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime);
}

/// <summary>A client's certificate and key, both PEM.</summary>
public sealed record ClientCredential(string CertificatePem, string KeyPem);

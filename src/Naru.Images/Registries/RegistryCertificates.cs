using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Naru.Core.Errors;

namespace Naru.Images.Registries;

/// <summary>Certificates kept per registry, in docker's form: NAME.crt an authority, NAME.cert with NAME.key a client's own.</summary>
internal static class RegistryCertificates
{
    internal static (X509Certificate2Collection Authorities, X509Certificate2Collection Own) Read(IEnumerable<string> directories)
    {
        var authorities = new X509Certificate2Collection();
        var own = new X509Certificate2Collection();
        foreach (var path in directories.SelectMany(Directory.GetFiles).Order(StringComparer.Ordinal))
        {
            try
            {
                if (path.EndsWith(".crt", StringComparison.Ordinal))
                {
                    authorities.ImportFromPemFile(path);
                }
                else if (path.EndsWith(".cert", StringComparison.Ordinal))
                {
                    own.Add(X509Certificate2.CreateFromPemFile(path, Path.ChangeExtension(path, ".key")));
                }
            }
            catch (Exception broken) when (broken is CryptographicException or IOException)
            {
                throw new NaruException(ErrorKind.FailedPrecondition, $"cannot read the certificate {path}: {broken.Message}", broken);
            }
        }

        return (authorities, own);
    }

    /// <summary>True if the only thing wrong is that the host does not know an authority that is listed for this registry.</summary>
    internal static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || authorities.Count == 0 || certificate is null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
    }
}

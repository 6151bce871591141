using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Access.Certificates;

/// <summary>One of the cluster's authorities: ECDSA on P-256, certificate and key in one file, which is made on the first use and never replaced.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const int Years = 10;

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider time)
    {
        _certificate = certificate;
        _key = certificate.GetECDsaPrivateKey() ?? throw new NaruException(ErrorKind.DataLoss, $"authority {certificate.Subject} has no ECDSA key");
        _time = time;
        Pem = certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>The certificate for others, PEM.</summary>
    public string Pem { get; }

    public static CertificateAuthority LoadOrMake(string path, string name, TimeProvider time)
    {
        if (File.Exists(path))
        {
            try
            {
                return new CertificateAuthority(X509Certificate2.CreateFromPemFile(path), time);
            }
            catch (CryptographicException exception)
            {
                throw new NaruException(ErrorKind.DataLoss, $"authority file {path} is damaged: {exception.Message}", exception);
            }
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(SubjectNames.Write(name, []), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(Years));
        PrivateFile.Replace(path, Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
        return new CertificateAuthority(certificate, time);
    }

    /// <summary>A certificate with a new key.</summary>
    public X509Certificate2 Issue(CertificateWish wish)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(SubjectNames.Write(wish.CommonName, wish.Organizations), key, HashAlgorithmName.SHA256);
        AddTo(request, CertificateUses.Extensions(wish.Usages), wish.Names?.Build());
        using var certificate = Sign(request, wish.Lifetime);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Signs a request: its subject and its names; uses as told.</summary>
    public string Sign(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime)
    {
        CertificateRequest asked;
        try
        {
            asked = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"the certificate request cannot be read: {exception.Message}", exception);
        }

        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256);
        AddTo(request, CertificateUses.Extensions(usages), asked.CertificateExtensions.FirstOrDefault(static one => one.Oid?.Value == "2.5.29.17"));
        using var certificate = Sign(request, lifetime);
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>Signed by this authority, for this use, valid now. The host's own trust does not count.</summary>
    public bool Verifies(X509Certificate2 certificate, string use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        return chain.Build(certificate);
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }

    private void AddTo(CertificateRequest request, IEnumerable<X509Extension> uses, X509Extension? names)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        foreach (var use in uses)
        {
            request.CertificateExtensions.Add(use);
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }
    }

    private X509Certificate2 Sign(CertificateRequest request, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        var (start, end) = (now.AddMinutes(-5), now + lifetime);
        var last = new DateTimeOffset(_certificate.NotAfter);
        var first = new DateTimeOffset(_certificate.NotBefore);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        return request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), start < first ? first : start, end < last ? end : last, serial);
    }
}

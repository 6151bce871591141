using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Tls;

/// <summary>The instance's own certificate authority, for the Docker API over mutual TLS: ECDSA on P-256, kept below <c>DATA/tls</c>.</summary>
internal sealed class CertificateAuthority(string dataDirectory, TimeProvider time)
{
    private const int AuthorityYears = 10;
    private const int LeafYears = 2;
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly string _directory = Path.Combine(dataDirectory, "tls");

    /// <summary>The authority's certificate in PEM; made on the first call.</summary>
    public string CertificatePem()
    {
        using var authority = LoadOrMake();
        return authority.ExportCertificatePem() + "\n";
    }

    /// <summary>A certificate for this machine under its names and the address it listens on.</summary>
    public X509Certificate2 IssueServer(IPAddress address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        foreach (var own in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback, address }.Concat(OwnAddresses()).Distinct())
        {
            names.AddIpAddress(own);
        }

        return Issue(Environment.MachineName, ServerUse, names);
    }

    /// <summary>A certificate for a client.</summary>
    public X509Certificate2 IssueClient(string name)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@'))
        {
            throw NaruException.Invalid($"client name \"{name}\" must be 1 to 64 letters, digits and -_.@");
        }

        return Issue(name, ClientUse, names: null);
    }

    private static IEnumerable<IPAddress> OwnAddresses() =>
        System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal);

    private X509Certificate2 Issue(string name, string use, SubjectAlternativeNameBuilder? names)
    {
        using var authority = LoadOrMake();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        var now = time.GetUtcNow();
        var end = now.AddYears(LeafYears);
        using var certificate = request.Create(authority, now.AddHours(-1), end < authority.NotAfter ? end : authority.NotAfter, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Certificate2 LoadOrMake()
    {
        var (certificatePath, keyPath) = (Path.Combine(_directory, "ca.pem"), Path.Combine(_directory, "ca-key.pem"));
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }

        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=naru on {Environment.MachineName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        var authority = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(AuthorityYears));

        // The key first: a crash in between leaves a key without a certificate, and both are made anew.
        AtomicFile.Replace(keyPath, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        AtomicFile.Replace(certificatePath, Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"), mode: 0x1A4);
        return authority;
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Naru.Access.Certificates;

/// <summary>One of the cluster's own certificates: kept in a file, made anew when two thirds of its life are over, its authority or its names changed.</summary>
internal sealed class LeafCertificate(string path, CertificateAuthority authority, string use, Func<CertificateWish> wish, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<X509Certificate2> _former = [];
    private X509Certificate2? _current;
    private DateTimeOffset _renewal;

    public X509Certificate2 Current
    {
        get
        {
            lock (_gate)
            {
                if (_current is null)
                {
                    Use(Load() ?? Make());
                }
                else if (time.GetUtcNow() >= _renewal)
                {
                    // Whoever holds the old one may still be in a handshake.
                    _former.Add(_current);
                    Use(Make());
                }

                return _current!;
            }
        }
    }

    public void Dispose()
    {
        _current?.Dispose();
        _former.ForEach(static one => one.Dispose());
    }

    private void Use(X509Certificate2 certificate)
    {
        _current = certificate;
        _renewal = certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * 2 / 3);
    }

    private X509Certificate2? Load()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(path);
            var fresh = time.GetUtcNow() < certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * 2 / 3);
            if (fresh && authority.Verifies(certificate, use) && HasNames(certificate, wish().Names))
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (CryptographicException)
        {
            // A damaged file of something that can be made anew.
        }

        return null;
    }

    private static bool HasNames(X509Certificate2 certificate, SubjectAlternativeNameBuilder? names)
    {
        var held = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null || (held is not null && held.RawData.AsSpan().SequenceEqual(names.Build().RawData));
    }

    private X509Certificate2 Make()
    {
        var certificate = authority.Issue(wish());
        using var key = certificate.GetECDsaPrivateKey()!;
        PrivateFile.Replace(path, Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
        return certificate;
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Naru.Access.Certificates;

/// <summary>What a certificate is for: the words of CertificateSigningRequests and what stands for them in a certificate.</summary>
internal static class CertificateUses
{
    public const string Server = "1.3.6.1.5.5.7.3.1";
    public const string Client = "1.3.6.1.5.5.7.3.2";

    private static readonly Dictionary<string, X509KeyUsageFlags> KeyUses = new(StringComparer.Ordinal)
    {
        ["signing"] = X509KeyUsageFlags.DigitalSignature,
        ["digital signature"] = X509KeyUsageFlags.DigitalSignature,
        ["content commitment"] = X509KeyUsageFlags.NonRepudiation,
        ["key encipherment"] = X509KeyUsageFlags.KeyEncipherment,
        ["key agreement"] = X509KeyUsageFlags.KeyAgreement,
        ["data encipherment"] = X509KeyUsageFlags.DataEncipherment,
        ["cert sign"] = X509KeyUsageFlags.KeyCertSign,
        ["crl sign"] = X509KeyUsageFlags.CrlSign,
        ["encipher only"] = X509KeyUsageFlags.EncipherOnly,
        ["decipher only"] = X509KeyUsageFlags.DecipherOnly,
    };

    private static readonly Dictionary<string, string> ExtendedUses = new(StringComparer.Ordinal)
    {
        ["any"] = "2.5.29.37.0",
        ["server auth"] = Server,
        ["client auth"] = Client,
        ["code signing"] = "1.3.6.1.5.5.7.3.3",
        ["email protection"] = "1.3.6.1.5.5.7.3.4",
        ["s/mime"] = "1.3.6.1.5.5.7.3.4",
        ["ipsec end system"] = "1.3.6.1.5.5.7.3.5",
        ["ipsec tunnel"] = "1.3.6.1.5.5.7.3.6",
        ["ipsec user"] = "1.3.6.1.5.5.7.3.7",
        ["timestamping"] = "1.3.6.1.5.5.7.3.8",
        ["ocsp signing"] = "1.3.6.1.5.5.7.3.9",
        ["microsoft sgc"] = "1.3.6.1.4.1.311.10.3.3",
        ["netscape sgc"] = "2.16.840.1.113730.4.1",
    };

    /// <summary>The extensions that say it. Words that nobody knows are passed over: the API has refused them.</summary>
    public static IEnumerable<X509Extension> Extensions(IReadOnlyList<string> words)
    {
        var flags = words.Aggregate(X509KeyUsageFlags.None, static (all, word) => all | KeyUses.GetValueOrDefault(word));
        if (flags != X509KeyUsageFlags.None)
        {
            // Without any it would be no valid extension, and nobody would accept the certificate.
            yield return new X509KeyUsageExtension(flags, critical: true);
        }

        var extended = new OidCollection();
        foreach (var word in words)
        {
            if (ExtendedUses.TryGetValue(word, out var oid))
            {
                extended.Add(new Oid(oid));
            }
        }

        if (extended.Count > 0)
        {
            yield return new X509EnhancedKeyUsageExtension(extended, critical: false);
        }
    }
}

using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.Objects.Values;

namespace Naru.Controllers.Certificates;

/// <summary>What somebody asks to have certified: read from the PKCS#10 request in a CertificateSigningRequest.</summary>
internal sealed record SigningRequest
{
    private const string NamesId = "2.5.29.17";

    /// <summary>The request as it was sent.</summary>
    public required string Pem { get; init; }

    /// <summary>Common name; empty if there is none.</summary>
    public required string CommonName { get; init; }

    /// <summary>Organisations.</summary>
    public required IReadOnlyList<string> Organizations { get; init; }

    /// <summary>How many host names and addresses it names.</summary>
    public required int Hosts { get; init; }

    /// <summary>It names anything else: mail addresses, URIs.</summary>
    public required bool HasOtherNames { get; init; }

    /// <summary>Reads a request; null and why if it is none, or not signed by its own key.</summary>
    public static SigningRequest? Read(MapValue body, out string failure)
    {
        failure = "";
        try
        {
            var pem = Encoding.UTF8.GetString(Convert.FromBase64String(body.Text("spec", "request") ?? ""));
            var asked = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            var (name, organizations) = ReadSubject(asked.SubjectName);
            var (hosts, others) = ReadNames(asked.CertificateExtensions.FirstOrDefault(static one => one.Oid?.Value == NamesId));
            return new SigningRequest { Pem = pem, CommonName = name, Organizations = organizations, Hosts = hosts, HasOtherNames = others };
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException or NotSupportedException or AsnContentException)
        {
            failure = $"unable to parse csr: {exception.Message}";
            return null;
        }
    }

    private static (string Name, List<string> Organizations) ReadSubject(X500DistinguishedName subject)
    {
        var name = "";
        var organizations = new List<string>();
        var sequence = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            while (set.HasData)
            {
                var part = set.ReadSequence();
                switch (part.ReadObjectIdentifier())
                {
                    case "2.5.4.3":
                        name = ReadText(part);
                        break;
                    case "2.5.4.10":
                        organizations.Add(ReadText(part));
                        break;
                }
            }
        }

        return (name, organizations);
    }

    private static string ReadText(AsnReader reader) => reader.ReadCharacterString((UniversalTagNumber)reader.PeekTag().TagValue);

    private static (int Hosts, bool Others) ReadNames(X509Extension? extension)
    {
        var (hosts, others) = (0, false);
        if (extension is null)
        {
            return (hosts, others);
        }

        var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            // Choice 2 is a host name, 7 an address.
            var isHost = sequence.PeekTag().TagValue is 2 or 7;
            (hosts, others) = (isHost ? hosts + 1 : hosts, others || !isHost);
            sequence.ReadEncodedValue();
        }

        return (hosts, others);
    }
}

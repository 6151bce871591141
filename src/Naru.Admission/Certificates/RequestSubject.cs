using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Naru.Admission.Certificates;

/// <summary>What a certificate request says about whom it is for.</summary>
internal static class RequestSubject
{
    private const string OrganizationId = "2.5.4.10";

    /// <summary>The organisations in a request (PEM in base 64); none if it cannot be read: the signer refuses it then.</summary>
    public static IReadOnlyList<string> Organizations(string? request)
    {
        try
        {
            var pem = Encoding.ASCII.GetString(Convert.FromBase64String(request ?? ""));
            var asked = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation);
            return Read(asked.SubjectName);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or CryptographicException or NotSupportedException or AsnContentException)
        {
            return [];
        }
    }

    private static List<string> Read(X500DistinguishedName subject)
    {
        var found = new List<string>();
        var sequence = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            while (set.HasData)
            {
                var part = set.ReadSequence();
                if (part.ReadObjectIdentifier() == OrganizationId)
                {
                    found.Add(part.ReadCharacterString((UniversalTagNumber)part.PeekTag().TagValue));
                }
            }
        }

        return found;
    }
}

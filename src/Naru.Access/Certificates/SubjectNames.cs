using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Naru.Access.Certificates;

/// <summary>The parts of a subject that say who somebody is. Go's certificates hold several organisations in one set, OpenSSL's in a set each: both are read.</summary>
internal sealed record SubjectNames(string CommonName, IReadOnlyList<string> Organizations, string Uid)
{
    private const string CommonNameId = "2.5.4.3";
    private const string OrganizationId = "2.5.4.10";
    private const string KubernetesUidId = "1.3.6.1.4.1.57683.2";

    public static SubjectNames Read(X500DistinguishedName subject)
    {
        var (name, uid) = ("", "");
        var organizations = new List<string>();
        var sequence = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            while (set.HasData)
            {
                var part = set.ReadSequence();
                var (id, value) = (part.ReadObjectIdentifier(), ReadText(part));
                switch (id)
                {
                    case CommonNameId:
                        name = value;
                        break;
                    case OrganizationId:
                        organizations.Add(value);
                        break;
                    case KubernetesUidId:
                        uid = value;
                        break;
                }
            }
        }

        return new SubjectNames(name, organizations, uid);
    }

    /// <summary>A subject of these names.</summary>
    public static X500DistinguishedName Write(string commonName, IReadOnlyList<string> organizations)
    {
        var builder = new X500DistinguishedNameBuilder();

        // The builder writes what was added last first.
        builder.AddCommonName(commonName);
        foreach (var organization in organizations.Reverse())
        {
            builder.AddOrganizationName(organization);
        }

        return builder.Build();
    }

    private static string ReadText(AsnReader reader)
    {
        var tag = (UniversalTagNumber)reader.PeekTag().TagValue;
        return tag is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.T61String
            or UniversalTagNumber.BMPString or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString
            ? reader.ReadCharacterString(tag)
            : "";
    }
}

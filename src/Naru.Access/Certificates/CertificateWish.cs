using System.Security.Cryptography.X509Certificates;

namespace Naru.Access.Certificates;

/// <summary>A certificate that one of the cluster's own parts needs.</summary>
internal sealed record CertificateWish(string CommonName, IReadOnlyList<string> Organizations, IReadOnlyList<string> Usages, TimeSpan Lifetime, SubjectAlternativeNameBuilder? Names = null)
{
    public static readonly IReadOnlyList<string> ServerUsages = ["digital signature", "key encipherment", "server auth"];
    public static readonly IReadOnlyList<string> ClientUsages = ["digital signature", "key encipherment", "client auth"];
}

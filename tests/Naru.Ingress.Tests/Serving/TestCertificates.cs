using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Naru.Ingress.Tests.Serving;

/// <summary>Certificates for names, as secrets.</summary>
internal static class TestCertificates
{
    public static string Secret(string name, string host, string @namespace = "default")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var crt = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
        var pem = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return $$$"""{"metadata":{"namespace":"{{{@namespace}}}","name":"{{{name}}}"},"type":"kubernetes.io/tls","data":{"tls.crt":"{{{crt}}}","tls.key":"{{{pem}}}"}}""";
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Naru.Access.Certificates;
using Naru.Core.Errors;
using Naru.Objects.Access;

namespace Naru.Access.Tests;

public sealed class ClusterPkiTests
{
    [Fact]
    public void Files_OfThePki_AreForTheirOwnerAlone()
    {
        using var access = new AccessFixture();
        var pki = access.Get<IClusterCertificates>();
        _ = (pki.Server, pki.FrontProxyClient, pki.KubeletClient);

        var files = Directory.GetFiles(Path.Combine(access.Data, "pki"));

        Assert.Equal(6, files.Length);
        Assert.All(files, static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(access.Data, "pki")));
    }

    [Fact]
    public void Server_HasTheNamesOfTheApiServer()
    {
        using var access = new AccessFixture(new AccessOptions { ServerNames = ["api.example.test", "192.0.2.7"], ListenAddress = System.Net.IPAddress.Parse("198.51.100.3") });

        var server = access.Get<IClusterCertificates>().Server;

        foreach (var name in new[] { "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost", "127.0.0.1", "::1", "10.96.0.1", "198.51.100.3", "api.example.test", "192.0.2.7" })
        {
            Assert.True(server.MatchesHostname(name), name);
        }

        Assert.False(server.MatchesHostname("elsewhere.example.test"));
    }

    [Fact]
    public void Server_NearItsEnd_IsReplaced()
    {
        using var access = new AccessFixture();
        var pki = access.Get<IClusterCertificates>();
        var first = pki.Server.Thumbprint;

        access.Time.Advance(TimeSpan.FromDays(200));
        Assert.Equal(first, pki.Server.Thumbprint);
        access.Time.Advance(TimeSpan.FromDays(60));
        Assert.NotEqual(first, pki.Server.Thumbprint);
    }

    [Fact]
    public void Pki_ReadAgain_IsTheSame()
    {
        using var access = new AccessFixture();
        var pki = access.Get<ClusterPki>();
        using var again = new ClusterPki(access.Get<Core.Lifetime.EngineDirectories>(), access.Get<AccessOptions>(), access.Time);

        Assert.Equal(pki.ServerAuthority, again.ServerAuthority);
        Assert.Equal(pki.Server.Thumbprint, again.Server.Thumbprint);
        using var moved = new ClusterPki(access.Get<Core.Lifetime.EngineDirectories>(), new AccessOptions { ServerNames = ["more.example.test"] }, access.Time);
        Assert.NotEqual(pki.Server.Thumbprint, moved.Server.Thumbprint);
    }

    [Fact]
    public void Authority_Damaged_IsNotReplaced()
    {
        using var access = new AccessFixture();
        Directory.CreateDirectory(Path.Combine(access.Data, "pki"));
        File.WriteAllText(Path.Combine(access.Data, "pki", "ca.pem"), "nothing");

        var failure = Assert.Throws<NaruException>(() => access.Get<IClusterCertificates>().ServerAuthority);

        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.Equal("nothing", File.ReadAllText(Path.Combine(access.Data, "pki", "ca.pem")));
    }

    [Fact]
    public void Client_WithItsCertificate_IsKnown()
    {
        using var access = new AccessFixture();
        using var certificate = Client(access, "jane", ["devs", "system:masters"]);

        var user = access.Get<IAuthenticator>().FromCertificate(certificate);

        Assert.Equal("jane", user!.Name);
        Assert.Equal(["devs", "system:masters", "system:authenticated"], user.Groups);
        Assert.StartsWith("X509SHA256=", user.Extra["authentication.kubernetes.io/credential-id"][0], StringComparison.Ordinal);
    }

    [Fact]
    public void Client_AfterItsCertificatesEnd_IsNotKnown()
    {
        using var access = new AccessFixture();
        using var certificate = Client(access, "jane", []);
        Assert.NotNull(access.Get<IAuthenticator>().FromCertificate(certificate));

        access.Time.Advance(TimeSpan.FromHours(2));

        Assert.Null(access.Get<IAuthenticator>().FromCertificate(certificate));
    }

    [Fact]
    public void Client_OfAnotherAuthority_IsNotKnown()
    {
        using var access = new AccessFixture();
        using var other = new AccessFixture();
        using var foreign = Client(other, "jane", ["system:masters"]);

        Assert.Null(access.Get<IAuthenticator>().FromCertificate(foreign));
        Assert.Null(access.Get<IAuthenticator>().FromCertificate(access.Get<IClusterCertificates>().Server));
        Assert.Null(access.Get<IAuthenticator>().FromCertificate(access.Get<IClusterCertificates>().FrontProxyClient));
    }

    [Fact]
    public void Organizations_InOneSet_AreAllRead()
    {
        // Go writes several organisations as one set; the same as OpenSSL's +.
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSetOf())
            {
                foreach (var group in new[] { "a", "b" })
                {
                    using var part = writer.PushSequence();
                    writer.WriteObjectIdentifier("2.5.4.10");
                    writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.PrintableString, group);
                }
            }

            using (writer.PushSetOf())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("2.5.4.3");
                writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.UTF8String, "joe");
            }
        }

        var names = SubjectNames.Read(new X500DistinguishedName(writer.Encode()));

        Assert.Equal("joe", names.CommonName);
        Assert.Equal(["a", "b"], names.Organizations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sign_ARequest_GivesSubjectNamesAndUses(bool rsa)
    {
        using var access = new AccessFixture();
        var request = Request(rsa);

        using var signed = X509Certificate2.CreateFromPem(access.Get<IClusterCertificates>().Sign(request, ["digital signature", "client auth"], TimeSpan.FromHours(1)));

        Assert.Equal("system:node:n1", SubjectNames.Read(signed.SubjectName).CommonName);
        Assert.True(signed.MatchesHostname("n1.example.test"));
        Assert.Equal("system:node:n1", access.Get<IAuthenticator>().FromCertificate(signed)!.Name);
        Assert.Equal(access.Time.GetUtcNow().AddHours(1).UtcDateTime, signed.NotAfter.ToUniversalTime());
        Assert.False(signed.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void Sign_Garbage_IsInvalid()
    {
        using var access = new AccessFixture();

        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => access.Get<IClusterCertificates>().Sign("garbage", ["client auth"], TimeSpan.FromHours(1))).Kind);
    }

    [Fact]
    public void Kubeconfig_HoldsAMastersCertificate()
    {
        using var access = new AccessFixture();

        var path = access.Get<KubeconfigWriter>().Write(new Uri("https://127.0.0.1:6443/"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var lines = File.ReadAllLines(path).Select(static line => line.Trim()).ToList();
        Assert.Contains("server: https://127.0.0.1:6443", lines);
        using var client = X509Certificate2.CreateFromPem(Data("client-certificate-data"), Data("client-key-data"));
        Assert.Contains("system:masters", access.Get<IAuthenticator>().FromCertificate(client)!.Groups);
        Assert.Equal(access.Get<IClusterCertificates>().ServerAuthority, Data("certificate-authority-data"));

        string Data(string field) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(lines.Single(line => line.StartsWith(field, StringComparison.Ordinal))[(field.Length + 2)..]));
    }

    [Fact]
    public void Proxy_WithAFrontProxysCertificate_IsBelieved()
    {
        using var access = new AccessFixture();
        var headers = new KeyValuePair<string, string>[] { new("x-remote-user", "joe"), new("X-Remote-Group", "a"), new("X-Remote-Group", "b"), new("X-Remote-Extra-Acme.com%2Fproject", "p") };

        var user = access.Get<IProxyAuthenticator>().FromProxy(access.Get<IClusterCertificates>().FrontProxyClient, headers);

        Assert.Equal("joe", user!.Name);
        Assert.Equal(["a", "b", "system:authenticated"], user.Groups);
        Assert.Equal(["p"], user.Extra["acme.com/project"]);
        Assert.Null(access.Get<IProxyAuthenticator>().FromProxy(access.Get<IClusterCertificates>().KubeletClient, headers));
        Assert.Null(access.Get<IProxyAuthenticator>().FromProxy(null, headers));
    }

    private static X509Certificate2 Client(AccessFixture access, string user, string[] groups)
    {
        var credential = access.Get<IClusterCertificates>().IssueClient(user, groups, TimeSpan.FromHours(1));
        return X509Certificate2.CreateFromPem(credential.CertificatePem, credential.KeyPem);
    }

    private static string Request(bool rsa)
    {
        using var rsaKey = RSA.Create(2048);
        using var ecKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa
            ? new CertificateRequest("CN=system:node:n1,O=system:nodes", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=system:node:n1,O=system:nodes", ecKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("n1.example.test");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSigningRequestPem();
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Naru.Core.Errors;
using Naru.Testing;
using Naru.Tls;

namespace Naru.Tests.Tls;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void IssuedCertificates_ChainToTheAuthority()
    {
        var authority = new CertificateAuthority(_directory.Path, TimeProvider.System);
        using var client = authority.IssueClient("alice");
        using var server = authority.IssueServer(IPAddress.Parse("192.0.2.7"));

        Assert.True(Chains(client, authority.CertificatePem()));
        Assert.True(Chains(server, authority.CertificatePem()));
        Assert.Equal("CN=alice", client.Subject);
        Assert.True(server.MatchesHostname("192.0.2.7"));
        Assert.True(server.MatchesHostname("localhost"));
    }

    [Fact]
    public void Authority_IsMadeOnce_AndItsKeyIsSecret()
    {
        var first = new CertificateAuthority(_directory.Path, TimeProvider.System).CertificatePem();
        var second = new CertificateAuthority(_directory.Path, TimeProvider.System).CertificatePem();

        Assert.Equal(first, second);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory.Path, "tls/ca-key.pem")));
    }

    [Fact]
    public void CertificateOfAnotherAuthority_DoesNotChain()
    {
        using var other = new TempDirectory();
        using var stranger = new CertificateAuthority(other.Path, TimeProvider.System).IssueClient("mallory");

        Assert.False(Chains(stranger, new CertificateAuthority(_directory.Path, TimeProvider.System).CertificatePem()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,O=x")]
    public void ClientName_Strange_IsRefused(string name)
    {
        var exception = Assert.Throws<NaruException>(() => new CertificateAuthority(_directory.Path, TimeProvider.System).IssueClient(name));

        Assert.Equal(ErrorKind.InvalidArgument, exception.Kind);
    }

    private static bool Chains(X509Certificate2 certificate, string authorityPem)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authorityPem);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}

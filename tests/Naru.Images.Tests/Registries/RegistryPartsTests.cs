using System.Collections.Immutable;
using System.Net.Sockets;
using Naru.Images.Registries;

namespace Naru.Images.Tests.Registries;

public sealed class RegistryPartsTests
{
    [Theory]
    [InlineData("localhost:5000", true)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:5000", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("10.1.2.3:80", true)]
    [InlineData("named.test:5000", true)]
    [InlineData("named.test", false)]
    [InlineData("whole.test:1", true)]
    [InlineData("11.1.2.3:80", false)]
    [InlineData("docker.io", false)]
    public void IsInsecure_LoopbackAndListed_Only(string host, bool expected) =>
        Assert.Equal(expected, new RegistryHosts(new() { InsecureRegistries = ["10.0.0.0/8", "named.test:5000", "whole.test"] }).IsInsecure(host));

    [Fact]
    public void Find_Registries_GivesMirrorsThenTlsThenPlain()
    {
        var hosts = new RegistryHosts(new()
        {
            Mirrors = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("docker.io", ["https://mirror.test/path"]),
        });

        Assert.Equal(["https://mirror.test/path", "https://registry-1.docker.io/"], hosts.Find("docker.io", withMirrors: true).Select(endpoint => endpoint.Base.AbsoluteUri));
        Assert.Equal(["https://registry-1.docker.io/"], hosts.Find("docker.io", withMirrors: false).Select(endpoint => endpoint.Base.AbsoluteUri));
        Assert.Equal(["https://localhost:5000/", "http://localhost:5000/"], hosts.Find("localhost:5000", withMirrors: true).Select(endpoint => endpoint.Base.AbsoluteUri));
        Assert.Equal(["https://x.test/"], hosts.Find("x.test", withMirrors: true).Select(endpoint => endpoint.Base.AbsoluteUri));
    }

    [Theory]
    [InlineData("Bearer realm=\"https://a.test/t?x=1,2\",service=\"s\",scope=\"repository:a:pull,push\"", true, "https://a.test/t?x=1,2", "s")]
    [InlineData("Bearer service=s, realm=\"https://a.test/t\"", true, "https://a.test/t", "s")]
    [InlineData("Basic realm=\"Registry \\\"one\\\"\"", false, "Registry \"one\"", "")]
    public void Challenge_ManyForms_AreRead(string header, bool isBearer, string realm, string service)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", header);

        Assert.Equal(new(isBearer, realm, service), AuthChallenge.From(response.Headers));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "dial tcp: lookup registry.test: no such host")]
    [InlineData(SocketError.TryAgain, "dial tcp: lookup registry.test: Temporary failure in name resolution")]
    [InlineData(SocketError.ConnectionRefused, "Connection refused")]
    public void Unreachable_ByItsName_SpeaksOfTheName(SocketError error, string told) =>
        Assert.Equal(
            $"Get \"https://registry.test/v2/\": {told}",
            RegistryErrors.Unreachable(new Uri("https://registry.test/v2/"), new HttpRequestException("outer", new SocketException((int)error))).Message);

    [Theory]
    [InlineData("Bearer realm=\"unended")]
    [InlineData("Bearer")]
    [InlineData("Negotiate")]
    [InlineData("Bearer =,=,=")]
    public void Challenge_Broken_IsNoneOrHarmless(string header)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", header);

        Assert.True(AuthChallenge.From(response.Headers) is null or { Realm: "unended" });
    }
}

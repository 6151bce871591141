using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Naru.Objects.Api;
using Naru.Testing.Running;

#pragma warning disable CA5359 // The certificates of these tests come from nobody.

namespace Naru.Ingress.Tests.Serving;

public sealed class SecureTests
{
    [Fact]
    public async Task Certificate_FollowsTheName_AndChangesWithItsSecret()
    {
        await using var one = await BackendServer.NamedAsync("one");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("one", one);
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("a", "a.test"));
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("b", "*.b.test"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("a", "a.test", "", """ "tls":[{"hosts":["a.test"],"secretName":"a"}], """, "Prefix / one"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("b", "*.b.test", "", """ "tls":[{"hosts":["*.b.test"],"secretName":"b"}], """, "Prefix / one"));
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.PermanentRedirect);
        await bench.AnswersAsync("x.b.test", "/", HttpStatusCode.PermanentRedirect);

        Assert.Equal("CN=a.test", (await ShownAsync(bench, "a.test")).Subject);
        Assert.Equal("CN=*.b.test", (await ShownAsync(bench, "x.b.test")).Subject);
        Assert.Contains("No certificate", (await ShownAsync(bench, "c.test")).Subject);

        var before = (await ShownAsync(bench, "a.test")).Thumbprint;
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("a", "a.test"));
        await Eventually.BecomesAsync(async () => (await ShownAsync(bench, "a.test")).Thumbprint != before, "the new certificate is shown");
        var after = (await ShownAsync(bench, "a.test")).Thumbprint;

        // What cannot be read leaves the old one standing.
        await bench.PutAsync(IngressResources.Secrets, """{"metadata":{"namespace":"default","name":"a"},"data":{"tls.crt":"AAAA","tls.key":"AAAA"}}""");
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("b", "*.b.test"));
        Assert.Equal(after, (await ShownAsync(bench, "a.test")).Thumbprint);
    }

    [Fact]
    public async Task PlainRequest_OfAHostWithTls_IsSentToHttps_UnlessUnwished()
    {
        await using var one = await BackendServer.NamedAsync("one");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("one", one);
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("a", "a.test"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("a", "a.test", "", """ "tls":[{"hosts":["a.test"],"secretName":"a"}], """, "Prefix / one"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("b", "b.test", """ "nginx.ingress.kubernetes.io/ssl-redirect":"false" """, """ "tls":[{"hosts":["b.test"],"secretName":"a"}], """, "Prefix / one"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("c", "c.test", """ "ingress.naru.dev/force-ssl-redirect":"true" """, "", "Prefix / one"));
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.PermanentRedirect);
        await bench.AnswersAsync("b.test", "/", HttpStatusCode.OK);
        await bench.AnswersAsync("c.test", "/", HttpStatusCode.PermanentRedirect);

        using var answer = await bench.SendAsync("a.test", "/a%20b?c=d");
        Assert.Equal($"https://a.test:{bench.HttpsPort}/a%20b?c=d", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Https_OfBothVersions_Answers(string version)
    {
        await using var echo = await BackendServer.EchoAsync();
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("echo", echo);
        await bench.PutAsync(IngressResources.Secrets, TestCertificates.Secret("a", "a.test"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("a", "a.test", "", """ "tls":[{"hosts":["a.test"],"secretName":"a"}], """, "Prefix / echo"));
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.PermanentRedirect);

        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, bench.HttpsPort, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://a.test/x") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var told = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Version.Parse(version), answer.Version);
        Assert.Contains("Host: a.test\n", told);
        Assert.Contains("X-Forwarded-Proto: https\n", told);
    }

    private static async Task<X509Certificate2> ShownAsync(IngressBench bench, string name)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, bench.HttpsPort, TestContext.Current.CancellationToken);
        X509Certificate2? shown = null;
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                    return true;
                },
            },
            TestContext.Current.CancellationToken);
        return shown!;
    }
}

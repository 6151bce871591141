using System.Net;
using System.Net.Sockets;
using System.Text;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

/// <summary>What Kestrel sends through a writer of our own, under both versions of HTTP.</summary>
public sealed class TlsTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Theory]
    [InlineData("1.1", null)]
    [InlineData("2.0", null)]
    [InlineData("1.1", "gzip")]
    [InlineData("2.0", "gzip")]
    public async Task LongAnswers_ComeWhole(string version, string? encoding)
    {
        await using var host = await DialectHost.StartAsync(tls: true, real: true);
        // Of all sizes around a record's, so that pieces end before, on and after its edges.
        var sizes = Enumerable.Range(0, 60).Select(static number => 1 + (number * 997)).ToArray();
        for (var number = 0; number < sizes.Length; number++)
        {
            var (answer, _) = await host.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"c{{{number:00}}}"},"data":{"d":"{{{new string((char)('a' + (number % 26)), sizes[number])}}}"}}""");
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        for (var turn = 0; turn < 3; turn++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps) { Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
            using var answer = await host.Client.SendAsync(request);
            await using var body = await answer.Content.ReadAsStreamAsync();
            await using var plain = encoding is null ? body : new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress);
            using var reader = new StreamReader(plain);
            var items = ((MapValue)JsonText.Parse(await reader.ReadToEndAsync())).Maps("items").ToList();
            Assert.Equal(sizes, items.Select(static item => item.Text("data", "d")!.Length));
            Assert.All(items, static (item, number) => Assert.Equal((char)('a' + (number % 26)), item.Text("data", "d")!.Distinct().Single()));
        }
    }

    [Fact]
    public async Task ClientThatGoesInTheMiddle_HarmsNobody()
    {
        await using var host = await DialectHost.StartAsync(tls: true, real: true);
        for (var number = 0; number < 40; number++)
        {
            await host.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"c{{{number}}}"},"data":{"d":"{{{new string('x', 200_000)}}}"}}""");
        }

        for (var turn = 0; turn < 20; turn++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(host.Address.Host, host.Address.Port);
            await using var tls = new System.Net.Security.SslStream(new NetworkStream(socket), false, static (_, certificate, _, _) => certificate is { Subject: "CN=x" });
            await tls.AuthenticateAsClientAsync("x");
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET {ConfigMaps} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n\r\n"));
            Assert.NotEqual(0, await tls.ReadAsync(new byte[1024]));
            socket.Close();
        }

        Assert.Equal(40, (await host.GetAsync(ConfigMaps)).Body.Maps("items").Count());
    }
}

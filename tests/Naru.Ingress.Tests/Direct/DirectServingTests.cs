using System.Net;
using System.Net.Sockets;
using System.Text;
using Naru.Ingress.Tests.Serving;
using Naru.Testing.Running;

namespace Naru.Ingress.Tests.Direct;

/// <summary>One connection whose requests are served now with and now without the web server.</summary>
public sealed class DirectServingTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Own: 1\r\n\r\nok";

    [Fact]
    public async Task Requests_OfOneConnection_AreAnsweredInOrder_WhicheverWayTheyGo()
    {
        await using var world = await RawWorld.StartAsync(static _ => Ok);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        // The third and all after it go by the web server.
        foreach (var target in (string[])["/1", "/2?a=%20", "/%33", "/4"])
        {
            await client.WriteAsync($"GET {target} HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
            var (head, body) = await client.AnswerAsync();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
            Assert.Contains("X-Own: 1\r\n", head);
            Assert.Contains("Date: ", head);
            Assert.Equal("ok", body);
            var asked = world.Backend.Heads.Last();
            Assert.StartsWith($"GET {target} HTTP/1.1\r\nHost: a.test\r\n", asked);
            Assert.Contains("X-Forwarded-For: 127.0.0.1\r\n", asked);
            Assert.DoesNotContain("6.6.6.6", asked);
        }
    }

    [Fact]
    public async Task Head_GetsNoBody_AndTheLengthOfOne()
    {
        await using var world = await RawWorld.StartAsync(static number => number == 1 ? Ok : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        await client.WriteAsync(Get.Replace("GET", "HEAD", StringComparison.Ordinal) + Get);

        Assert.Contains("Content-Length: 2\r\n", (await client.AnswerAsync(withBody: false)).Head);
    }

    [Fact]
    public async Task Requests_SentTogether_AreEachAnswered()
    {
        await using var world = await RawWorld.StartAsync(static _ => Ok);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        await client.WriteAsync(Get + Get + Get + Get.Replace("/x", "/%78", StringComparison.Ordinal) + Get);

        for (var count = 0; count < 5; count++)
        {
            Assert.Equal("ok", (await client.AnswerAsync()).Body);
        }
    }

    [Fact]
    public async Task Head_ThatComesInPieces_IsServed()
    {
        await using var world = await RawWorld.StartAsync(static _ => Ok);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        foreach (var letter in Get)
        {
            await client.WriteAsync(letter.ToString());
        }

        Assert.Equal("ok", (await client.AnswerAsync()).Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok", true)]
    public async Task Answer_OfUntoldLength_ComesInChunks(string answer, bool closes)
    {
        await using var world = await RawWorld.StartAsync(_ => answer, closes: closes);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        await client.WriteAsync(Get);

        Assert.Contains("Transfer-Encoding: chunked\r\n", await client.HeadAsync());
        Assert.Equal("0002\r\nok\r\n0\r\n\r\n", await client.BytesAsync(15));
    }

    [Fact]
    public async Task Answer_WithTheLongestHeadAndUntoldLength_PassesWhole()
    {
        await using var world = await RawWorld.StartAsync(static number => number == 1 ? Ok : $"HTTP/1.0 200 OK\r\nX-Long: {new string('h', 65_480)}\r\n\r\n{new string('x', 1_000_000)}", closes: true);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        await client.WriteAsync(Get);

        Assert.Contains(new string('h', 65_480), await client.HeadAsync());
        Assert.Equal(1_000_000, await client.ChunksAsync());
    }

    [Theory]
    [InlineData("/x")]
    [InlineData("/%78")]
    public async Task Head_OfAnAnswerWhoseBodyIsLongInComing_IsPassedOn(string target)
    {
        await using var world = await RawWorld.StartAsync(static number => number == 1 ? Ok : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);

        await client.WriteAsync(Get.Replace("/x", target, StringComparison.Ordinal));

        Assert.Contains("Content-Type: text/event-stream\r\n", await client.HeadAsync());
    }

    [Fact]
    public async Task Route_WithCondition_IsDecidedByTheWebServer()
    {
        await using var main = await BackendServer.NamedAsync("main");
        await using var canary = await BackendServer.NamedAsync("canary", "127.0.0.2");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("main", main);
        await bench.ServiceAsync("canary", canary);
        await bench.IngressAsync("main", "a.test", "", "Prefix / main");
        await bench.IngressAsync("canary", "a.test", """ "nginx.ingress.kubernetes.io/canary":"true","nginx.ingress.kubernetes.io/canary-by-header":"X-Canary" """, "Prefix / canary");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.OK);

        await Eventually.BecomesAsync(async () => await bench.TextAsync("a.test", "/", ("X-Canary", "always")) == "canary", "the canary serves");
        Assert.Equal("main", await bench.TextAsync("a.test", "/"));
    }

    [Fact]
    public async Task Client_ThatLeaves_EndsTheConnectionToTheEndpoint()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await BackendServer.StartAsync(async context =>
        {
            if (context.Request.Path != "/x")
            {
                return;
            }

            asked.TrySetResult();
            context.RequestAborted.Register(() => left.TrySetResult());
            await left.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        });
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("slow", slow);
        await bench.IngressAsync("a", "a.test", "", "Prefix / slow");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.OK);

        await using (var client = await RawClient.ConnectAsync(bench.HttpPort))
        {
            await client.WriteAsync(Get);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Port_ThatCloses_EndsConnectionsThatRest()
    {
        await using var world = await RawWorld.StartAsync(static _ => Ok);
        await using var client = await RawClient.ConnectAsync(world.Bench.HttpPort);
        await client.WriteAsync(Get);
        await client.AnswerAsync();

        await world.Bench.Objects.DeleteAsync(IngressResources.Ingresses, "default", "a", new Naru.Objects.Api.DeleteOptions(), CancellationToken.None);

        Assert.Equal("", await client.RestAsync());
    }

    /// <summary>A connection that is written to and read from as bytes.</summary>
    private sealed class RawClient(Socket socket) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public static async Task<RawClient> ConnectAsync(int port)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return new RawClient(socket);
        }

        public async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

        public async Task<string> HeadAsync()
        {
            var text = new StringBuilder();
            while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                text.Append(await BytesAsync(1));
            }

            return text.ToString();
        }

        public async Task<string> BytesAsync(int count)
        {
            var bytes = new byte[count];
            await _stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            return Encoding.Latin1.GetString(bytes);
        }

        public async Task<(string Head, string Body)> AnswerAsync(bool withBody = true)
        {
            var head = await HeadAsync();
            var told = head.Split("\r\n").Single(static line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
            return (head, withBody ? await BytesAsync(int.Parse(told["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)) : "");
        }

        /// <summary>Reads a body that comes in chunks; its length.</summary>
        public async Task<int> ChunksAsync()
        {
            for (var sum = 0; ;)
            {
                var line = "";
                while (!line.EndsWith("\r\n", StringComparison.Ordinal))
                {
                    line += await BytesAsync(1);
                }

                var size = int.Parse(line.AsSpan().Trim(), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
                Assert.EndsWith("\r\n", await BytesAsync(size + 2));
                sum += size;
                if (size == 0)
                {
                    return sum;
                }
            }
        }

        public async Task<string> RestAsync()
        {
            using var reader = new StreamReader(_stream);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}

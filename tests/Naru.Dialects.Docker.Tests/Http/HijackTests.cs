using System.Net.WebSockets;
using System.Text;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Tests.Fakes;

namespace Naru.Dialects.Docker.Tests.Http;

public sealed class HijackTests
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attach_WithUpgrade_AnswersDockersHeadAloneThenFrames()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();

        await client.SendAsync($"POST /v1.45/containers/it/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}Content-Length: 0\r\n\r\n");
        var head = await client.ReceiveTextAsync();
        Assert.Equal("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", head);

        process.Say(OutputStream.Output, "out");
        process.Say(OutputStream.Error, "err!");
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 3, (byte)'o', (byte)'u', (byte)'t', 2, 0, 0, 0, 0, 0, 0, 4, (byte)'e', (byte)'r', (byte)'r', (byte)'!'], await client.ReceiveAsync(23));
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
        await process.Left.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Attach_HalfClosed_EndsInputAndOutputGoesOn()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();
        await client.SendAsync($"POST /containers/it/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: \r\n{Upgrade}\r\n");
        await client.ReceiveHeadAsync();

        await client.SendAsync("some input");
        client.CloseSending();
        Assert.Equal("some input", await process.AllInputAsync(Token));

        process.Say(OutputStream.Output, "after");
        Assert.Equal("after", Encoding.ASCII.GetString((await client.ReceiveAsync(13))[8..]));
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task Attach_WithoutUpgrade_AnswersRaw200WithoutLength()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it", terminal: true);
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: true);
        using var client = await server.OpenAsync();
        await client.SendAsync("POST /v1.41/containers/it/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: docker\r\n\r\n");

        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n", await client.ReceiveTextAsync());
        process.Say(OutputStream.Output, "raw bytes");
        Assert.Equal("raw bytes", await client.ReceiveTextAsync());
        await client.SendAsync("typed");
        Assert.Equal("typed", await process.NextInputAsync(Token));
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task Attach_WithParametersInABody_DoesNotTypeThem()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();
        await client.SendAsync($"POST /containers/it/attach?stream=true&stdin=true&stdout=true HTTP/1.1\r\nHost: docker\r\n{Upgrade}Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{{\"stream\":true}}");
        await client.ReceiveHeadAsync();
        await client.SendAsync("typed");
        Assert.Equal("typed", await process.NextInputAsync(Token));
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task Attach_OnConnectionUsedBefore_IsTakenAsWell()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();
        await client.SendAsync("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
        await client.ReceiveHeadAsync();
        Assert.Equal("OK", Encoding.ASCII.GetString(await client.ReceiveAsync(2)));

        await client.SendAsync($"POST /containers/it/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task ExecStart_WithBodyAndUpgrade_ReadsTheBodyThenHijacks()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var (status, answer) = await server.SendAsync("POST", "/containers/it/exec", """{"Cmd":["ls","-l"],"AttachStdout":true,"AttachStdin":true}""");
        Assert.Equal(201, status);
        var id = answer.Split('"')[3];
        var process = server.Execs.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();

        const string Body = """{"Detach":false,"Tty":false}""";
        await client.SendAsync($"POST /v1.43/exec/{id}/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n{Upgrade}Content-Length: {Body.Length}\r\n\r\n{Body}");
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        await client.SendAsync("in");
        client.CloseSending();
        Assert.Equal("in", await process.AllInputAsync(Token));
        process.Say(OutputStream.Output, "x");
        Assert.Equal(9, (await client.ReceiveAsync(9)).Length);
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task ExecStart_ChunkedBody_Hijacks()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var (_, answer) = await server.SendAsync("POST", "/containers/it/exec", """{"Cmd":["ls"],"AttachStdout":true}""");
        var process = server.Execs.NextAttachment = new FakeAttachment(terminal: false);
        using var client = await server.OpenAsync();
        await client.SendAsync($"POST /exec/{answer.Split('"')[3]}/start HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n{Upgrade}\r\n2\r\n{{}}\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
        process.End();
        Assert.Equal("", await client.ReceiveAllAsync());
    }

    [Fact]
    public async Task ExecStart_Detached_AnswersEmpty()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var (_, answer) = await server.SendAsync("POST", "/containers/it/exec", """{"Cmd":["ls"]}""");
        var (status, body) = await server.SendAsync("POST", $"/exec/{answer.Split('"')[3]}/start", """{"Detach":true}""");
        Assert.Equal((200, ""), (status, body));
        Assert.True(server.Execs.Started!.Detach);
    }

    [Fact]
    public async Task Attach_ClientGone_LeavesTheSilentProcess()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using (var client = await server.OpenAsync())
        {
            await client.SendAsync($"POST /containers/it/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
            await client.ReceiveHeadAsync();
        }
        await process.Left.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
    }

    [Fact]
    public async Task Request_FromClientThatClosesItsSending_IsAnswered()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        using var client = await server.OpenAsync();
        await client.SendAsync("POST /v1.45/containers/it/wait HTTP/1.1\r\nHost: docker\r\n\r\n");
        client.CloseSending();
        await client.ReceiveHeadAsync();
        server.Containers.End("it", 5);
        Assert.Contains("{\"StatusCode\":5}", await client.ReceiveAllAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ClientGone_EndsTheSubscription()
    {
        await using var server = await DialectServer.StartAsync();
        using (var client = await server.OpenAsync())
        {
            await client.SendAsync("GET /events HTTP/1.1\r\nHost: docker\r\n\r\n");
            await client.ReceiveHeadAsync();
            Assert.Contains("\"NEventsListener\":1,", (await server.SendAsync("GET", "/info")).Body, StringComparison.Ordinal);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!(await server.SendAsync("GET", "/info")).Body.Contains("\"NEventsListener\":0,", StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Attach_UnknownContainer_IsAnOrdinaryError()
    {
        await using var server = await DialectServer.StartAsync();
        using var client = await server.OpenAsync();
        await client.SendAsync($"POST /containers/nosuch/attach?stream=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        Assert.StartsWith("HTTP/1.1 404 Not Found\r\n", await client.ReceiveHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AttachSocket_WebSocket_CarriesRawBytesBothWays()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        var process = server.Containers.NextAttachment = new FakeAttachment(terminal: false);
        using var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => new System.Net.Sockets.NetworkStream(await server.ConnectAsync(token), ownsSocket: true),
        };
        using var invoker = new HttpMessageInvoker(handler);
        await socket.ConnectAsync(new Uri("ws://docker/containers/it/attach/ws?stream=1&stdin=1&stdout=1&stderr=1"), invoker, Token);

        process.Say(OutputStream.Output, "hello");
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer.AsMemory(), Token);
        Assert.Equal(("hello", WebSocketMessageType.Binary), (Encoding.ASCII.GetString(buffer, 0, got.Count), got.MessageType));
        await socket.SendAsync(Encoding.ASCII.GetBytes("typed").AsMemory(), WebSocketMessageType.Text, true, Token);
        Assert.Equal("typed", await process.NextInputAsync(Token));
        process.End();
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer.AsMemory(), Token)).MessageType);
    }

    [Fact]
    public async Task Wait_BeforeTheEnd_SendsHeadersAtOnce()
    {
        await using var server = await DialectServer.StartAsync();
        await server.RunAsync("it");
        using var client = await server.OpenAsync();
        await client.SendAsync("POST /v1.45/containers/it/wait?condition=next-exit HTTP/1.1\r\nHost: docker\r\n\r\n");
        var head = await client.ReceiveHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Transfer-Encoding: chunked", head, StringComparison.Ordinal);
        server.Containers.End("it", 3);
        Assert.Contains("{\"StatusCode\":3}\n", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }
}

using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Naru.Testing.Running;

namespace Naru.Ingress.Tests.Serving;

public sealed class ForwardingTests
{
    [Fact]
    public async Task Backend_IsToldWhoAsks_WhateverTheClientClaims()
    {
        await using var echo = await BackendServer.EchoAsync();
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("echo", echo);
        await bench.IngressAsync("web", "shop.test", "", "Prefix / echo");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);

        var told = await bench.TextAsync("shop.test", "/a%2Fb/c?x=%20y", ("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("Connection", "X-Hop"), ("X-Hop", "1"), ("X-Own", "mine"));

        Assert.StartsWith("GET /a%2Fb/c?x=%20y\n", told);
        Assert.Contains("Host: shop.test\n", told);
        Assert.Contains("X-Forwarded-For: 127.0.0.1\n", told);
        Assert.Contains("X-Forwarded-Host: shop.test\n", told);
        Assert.Contains("X-Forwarded-Proto: http\n", told);
        Assert.Contains($"X-Forwarded-Port: {bench.HttpPort}\n", told);
        Assert.Contains("X-Real-IP: 127.0.0.1\n", told);
        Assert.Contains("Forwarded: for=127.0.0.1;host=\"shop.test\";proto=http\n", told);
        Assert.Contains("X-Own: mine\n", told);
        Assert.DoesNotContain("6.6.6.6", told);
    }

    [Fact]
    public async Task Endpoints_ThatChangeUnderLoad_FailNoRequest()
    {
        var answered = new int[3];
        var servers = new List<BackendServer>();
        for (var index = 0; index < 3; index++)
        {
            var own = index;
            servers.Add(await BackendServer.StartAsync(context =>
            {
                Interlocked.Increment(ref answered[own]);
                return context.Response.WriteAsync("ok");
            }));
        }

        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("web", servers[0]);
        await bench.IngressAsync("web", "shop.test", "", "Prefix / web");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);

        using var end = new CancellationTokenSource();
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                using var answer = await bench.SendAsync("shop.test", "/x");
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    failures.Add($"{answer.StatusCode}");
                }
            }
        })).ToList();
        for (var round = 0; round < 30; round++)
        {
            await bench.EndpointsAsync("web", servers[round % 3], servers[(round + 1) % 3]);
            await bench.IngressAsync("web", "shop.test", "", "Prefix / web", $"Prefix /round{round} web");
            await bench.IngressAsync($"other{round % 5}", $"other{round}.test", "", "Prefix / web");
            var before = answered.Sum();
            await Eventually.BecomesAsync(() => answered.Sum() > before + 20, "requests go on");
        }

        await end.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(failures);
        Assert.All(answered, static count => Assert.True(count > 0));
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Endpoint_ThatCannotBeReached_IsPassedOver()
    {
        await using var good = await BackendServer.NamedAsync("good");
        var dead = await BackendServer.NamedAsync("dead", "127.0.0.2");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("web", good, dead);
        await bench.IngressAsync("web", "shop.test", "", "Prefix / web");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);
        await dead.DisposeAsync();

        for (var count = 0; count < 20; count++)
        {
            // A body too: nothing of it has been sent when no connection could be made.
            using var request = bench.Request(HttpMethod.Post, "shop.test", "/");
            request.Content = new StringContent(new string('x', 100_000));
            using var answer = await bench.Client().SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("good", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal("good", await bench.TextAsync("shop.test", "/"));
        }

        await bench.EndpointsAsync("web", dead);
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.BadGateway);
        Assert.Contains("<h1>502 Bad Gateway</h1>", await bench.TextAsync("shop.test", "/"));
    }

    [Fact]
    public async Task Endpoints_ThatEnd_ServeOnlyWhileNoneIsReady()
    {
        await using var old = await BackendServer.NamedAsync("old");
        await using var young = await BackendServer.NamedAsync("young", "127.0.0.2");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("web");
        await bench.SliceAsync("web", old, """{"ready":false,"serving":true,"terminating":true}""");
        await bench.IngressAsync("web", "shop.test", "", "Prefix / web");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);
        Assert.Equal("old", await bench.TextAsync("shop.test", "/"));

        await bench.SliceAsync("web", young, """{"ready":true}""");
        await Eventually.BecomesAsync(async () => await bench.TextAsync("shop.test", "/") == "young", "the ready one serves");
        for (var count = 0; count < 10; count++)
        {
            Assert.Equal("young", await bench.TextAsync("shop.test", "/"));
        }
    }

    [Fact]
    public async Task WebSocket_PassesBothWays()
    {
        await using var echo = await BackendServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64 << 10];
            while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } got)
            {
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        });
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("echo", echo);
        await bench.IngressAsync("web", "", "", "Prefix /ws echo");
        await bench.AnswersAsync("x.test", "/", HttpStatusCode.NotFound);
        await bench.KnowsAsync("echo");

        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{bench.HttpPort}/ws"), TestContext.Current.CancellationToken);
        await client.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var answer = new byte[100];
        var got = await client.ReceiveAsync(answer.AsMemory(), TestContext.Current.CancellationToken);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        Assert.Equal("hello", Encoding.UTF8.GetString(answer, 0, got.Count));
    }

    [Fact]
    public async Task Answer_ThatComesInPieces_PassesPieceByPiece()
    {
        var proceed = new TaskCompletionSource();
        await using var slow = await BackendServer.StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync("first"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await proceed.Task;
            await context.Response.Body.WriteAsync("second"u8.ToArray());
        });
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("slow", slow);
        await bench.IngressAsync("web", "shop.test", "", "Prefix /s slow");
        await bench.AnswersAsync("shop.test", "/none", HttpStatusCode.NotFound);
        await bench.KnowsAsync("slow");

        using var answer = await bench.SendAsync("shop.test", "/s");
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var piece = new byte[5];
        await body.ReadExactlyAsync(piece, TestContext.Current.CancellationToken);
        Assert.Equal("first", Encoding.UTF8.GetString(piece));

        proceed.SetResult();
        using var reader = new StreamReader(body);
        Assert.Equal("second", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}

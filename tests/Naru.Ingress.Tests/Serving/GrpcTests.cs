using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Naru.Ingress.Gateways;

namespace Naru.Ingress.Tests.Serving;

/// <summary>gRPC, HTTP/2 from end to end without TLS.</summary>
public sealed class GrpcTests
{
    private static readonly Method<byte[], byte[]> Echo = new(MethodType.DuplexStreaming, "naru.Test", "Echo", Marshallers.Create(static one => one, static one => one), Marshallers.Create(static one => one, static one => one));

    [Fact]
    public async Task Stream_BothWays_PassesWithItsTrailers()
    {
        await using var server = await BackendServer.StartAsync(EchoAsync, protocols: HttpProtocols.Http2);
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("grpc", server);
        await bench.IngressAsync("a", "", """ "nginx.ingress.kubernetes.io/backend-protocol":"GRPC" """, "Prefix /naru.Test grpc");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.NotFound);
        await bench.KnowsAsync("grpc");

        await ConverseAsync(bench);
    }

    [Fact]
    public async Task GrpcRoute_ByServiceAndMethod_LeadsToItsBackend()
    {
        await using var server = await BackendServer.StartAsync(EchoAsync, protocols: HttpProtocols.Http2);
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("grpc", server);
        await bench.PutAsync(GatewayResources.Gateways, """{"metadata":{"namespace":"default","name":"gw"},"spec":{"gatewayClassName":"naru","listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}""");
        await bench.PutAsync(GatewayResources.GrpcRoutes, """{"metadata":{"namespace":"default","name":"r"},"spec":{"parentRefs":[{"name":"gw"}],"rules":[{"matches":[{"method":{"service":"naru.Test","method":"Echo"}}],"backendRefs":[{"name":"grpc","port":80}]}]}}""");

        // The Gateway alone opens the port, and answers so too.
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.NotFound);
        await bench.KnowsAsync("grpc");

        await ConverseAsync(bench);
        using var channel = ChannelOf(bench);
        var unknown = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(new Method<byte[], byte[]>(MethodType.DuplexStreaming, "naru.Test", "Other", Echo.RequestMarshaller, Echo.ResponseMarshaller), "a.test", default);
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        });
        Assert.Equal(StatusCode.Unimplemented, unknown.StatusCode);
    }

    private static GrpcChannel ChannelOf(IngressBench bench) => GrpcChannel.ForAddress($"http://127.0.0.1:{bench.HttpPort}", new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } });

    private static async Task ConverseAsync(IngressBench bench)
    {
        using var channel = ChannelOf(bench);
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(Echo, "a.test", new CallOptions(deadline: DateTime.MaxValue, cancellationToken: TestContext.Current.CancellationToken));
        for (byte round = 1; round <= 3; round++)
        {
            await call.RequestStream.WriteAsync([round, 7], TestContext.Current.CancellationToken);
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal([round, 7], call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal("told", call.GetTrailers().GetValue("x-end"));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.FlushAsync();
        var buffer = new byte[1024];
        int length;
        while ((length = await context.Request.Body.ReadAsync(buffer)) > 0)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, length));
            await context.Response.Body.FlushAsync();
        }

        context.Response.AppendTrailer("grpc-status", "0");
        context.Response.AppendTrailer("x-end", "told");
    }
}

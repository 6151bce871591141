using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Sessions;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Tests.Transport;

/// <summary>Both ends of a taken connection: our server, and our client as the other side.</summary>
public sealed class GrpcServerTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddLogging().BuildServiceProvider();
    private readonly GrpcServer _server;
    private readonly CancellationTokenSource _gone = new();
    private readonly CallerSession _session;
    private readonly Task _serving;

    public GrpcServerTests()
    {
        _server = new GrpcServer([new EchoService()], _services, NullLoggerFactory.Instance);
        _server.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        var (there, here) = (new Pipe(), new Pipe());
        _serving = _server.ServeAsync(new Duplex(there.Reader, here.Writer), _gone.Token);
        _session = new CallerSession(
            "id", "", ["/moby.buildkit.secrets.v1.Secrets/GetSecret"], new PipeStream(new Duplex(here.Reader, there.Writer), new HeaderSplitter("followpaths")));
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _gone.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await _server.DisposeAsync();
        await _services.DisposeAsync();
        _gone.Dispose();
    }

    [Fact]
    public async Task Call_Unary_IsAnswered() =>
        Assert.Equal("secret of tok"u8.ToArray(), await _session.SecretAsync("tok", CancellationToken.None));

    [Fact]
    public async Task Call_NotFound_IsNull() => Assert.Null(await _session.SecretAsync("none", CancellationToken.None));

    [Fact]
    public async Task Call_MethodNotOffered_IsNotMade() => Assert.Null(await _session.CredentialsAsync("x", CancellationToken.None));

    [Fact]
    public async Task Call_Duplex_CarriesManyMessages()
    {
        using var call = _session.Calls.AsyncDuplexStreamingCall(Methods.SendArchive, null, new CallOptions());
        var sum = 0;
        for (var i = 0; i < 200; i++)
        {
            await call.RequestStream.WriteAsync(new Bytes { Data = ByteString.CopyFrom(new byte[10_000]) });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            sum += call.ResponseStream.Current.Data.Length;
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(2_000_000, sum);
    }

    [Fact]
    public async Task Call_HeaderOfSeveralValues_ArrivesAsSeveral()
    {
        var headers = new Metadata { { "followpaths", "a%2Cb" }, { "followpaths", "c" } };
        using var call = _session.Calls.AsyncDuplexStreamingCall(Methods.ReceiveFiles, null, new CallOptions(headers));
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("a%2Cb|c", call.ResponseStream.Current.Data.ToStringUtf8());
    }

    [Fact]
    public async Task Call_BuildFails_StatusHasTheWords()
    {
        using var call = _session.Calls.AsyncUnaryCall(Methods.CheckAgent, null, new CallOptions(), new CheckAgentRequest());
        var problem = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((StatusCode.Unknown, "50% \"빌드\" failed\n"), (problem.StatusCode, problem.Status.Detail));
    }

    [Fact]
    public async Task ForwardSsh_BothWays_CarriesBytesUntilOneSideEnds()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var command = new System.Net.Sockets.TcpClient();
        await command.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        var forwarding = _session.ForwardSshAsync("default", accepted.GetStream(), CancellationToken.None);
        await command.GetStream().WriteAsync("list keys"u8.ToArray());
        var answer = new byte[17];
        await command.GetStream().ReadExactlyAsync(answer);
        Assert.Equal("default:list keys", System.Text.Encoding.ASCII.GetString(answer));
        command.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await forwarding.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task Call_UnknownMethod_IsUnimplemented()
    {
        using var call = _session.Calls.AsyncUnaryCall(Methods.Credentials, null, new CallOptions(), new CredentialsRequest());
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class EchoService : IGrpcService
    {
        public void Map(Dictionary<string, Func<GrpcCall, Task>> methods)
        {
            methods["/moby.buildkit.secrets.v1.Secrets/GetSecret"] = async call =>
            {
                var request = await call.ReadOneAsync(GetSecretRequest.Parser);
                if (request.Id == "none")
                {
                    throw new GrpcException(GrpcCode.NotFound, "no such secret");
                }

                await call.WriteAsync(new GetSecretResponse { Data = ByteString.CopyFromUtf8("secret of " + request.Id) });
            };
            methods["/moby.filesync.v1.FileSend/DiffCopy"] = async call =>
            {
                while (await call.ReadAsync(Bytes.Parser) is { } message)
                {
                    await call.WriteAsync(message);
                }
            };
            methods["/moby.filesync.v1.FileSync/DiffCopy"] = call =>
                call.WriteAsync(new Packet { Type = PacketType.PacketData, Data = ByteString.CopyFromUtf8(string.Join('|', call.Headers("followpaths"))) });
            methods["/moby.sshforward.v1.SSH/ForwardAgent"] = async call =>
            {
                while (await call.ReadAsync(Bytes.Parser) is { } message)
                {
                    await call.WriteAsync(new Bytes { Data = ByteString.CopyFromUtf8($"{call.Header("buildkit.ssh.id")}:{message.Data.ToStringUtf8()}") });
                }
            };
            methods["/moby.sshforward.v1.SSH/CheckAgent"] = _ => throw new BuildException("50% \"빌드\" failed\n");
        }
    }
}

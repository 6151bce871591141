using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Naru.Core.Builds;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Protocol;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Sessions;

/// <summary>A caller that has turned its connection around: it serves files, secrets and credentials, we call.</summary>
internal sealed class CallerSession : IBuildSession, IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _closed = new();
    private readonly HashSet<string> _methods;
    private PipeStream? _stream;

    public CallerSession(string id, string sharedKey, IEnumerable<string> methods, PipeStream stream)
    {
        (Id, SharedKey, _stream) = (id, sharedKey, stream);
        _methods = methods.Select(m => m.TrimStart('/').ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => Interlocked.Exchange(ref _stream, null) is { } only
                ? ValueTask.FromResult<Stream>(only) : throw new IOException("the session is closed"),
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 4 * 1024 * 1024,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
        _channel = GrpcChannel.ForAddress("http://session", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = 64 * 1024 * 1024,
            MaxSendMessageSize = 64 * 1024 * 1024,
        });
        Calls = _channel.CreateCallInvoker();
    }

    public string Id { get; }

    /// <summary>Equal for builds of one directory by one user: what it sent before need not be sent again.</summary>
    public string SharedKey { get; }

    public CallInvoker Calls { get; }

    /// <summary>Cancelled when the caller has gone.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>True when the caller serves a method, <c>moby.filesync.v1.FileSync/DiffCopy</c>.</summary>
    public bool Serves(string method) => _methods.Contains(method.ToLowerInvariant());

    public async Task<RegistryCredentials?> CredentialsAsync(string registry, CancellationToken cancellationToken)
    {
        if (!Serves("moby.filesync.v1.Auth/Credentials"))
        {
            return null;
        }

        var host = registry == ImageReference.DefaultRegistry ? "registry-1.docker.io" : registry;
        var answer = await CallAsync(Methods.Credentials, new CredentialsRequest { Host = host }, cancellationToken);
        return answer is null || answer.Secret.Length == 0 ? null
            : answer.Username.Length == 0 ? new RegistryCredentials { IdentityToken = answer.Secret, Server = registry }
            : new RegistryCredentials { User = answer.Username, Password = answer.Secret, Server = registry };
    }

    public async Task<byte[]?> SecretAsync(string id, CancellationToken cancellationToken) =>
        Serves("moby.buildkit.secrets.v1.Secrets/GetSecret")
            ? (await CallAsync(Methods.GetSecret, new GetSecretRequest { Id = id }, cancellationToken))?.Data.ToByteArray()
            : null;

    public async Task<bool> HasSshAsync(string id, CancellationToken cancellationToken) =>
        Serves("moby.sshforward.v1.SSH/CheckAgent") && await CallAsync(Methods.CheckAgent, new CheckAgentRequest { Id = id }, cancellationToken) is not null;

    public async Task ForwardSshAsync(string id, Stream connection, CancellationToken cancellationToken)
    {
        using var call = Calls.AsyncDuplexStreamingCall(
            Methods.ForwardAgent, null, new CallOptions(new Metadata { { "buildkit.ssh.id", id } }, cancellationToken: cancellationToken));
        var upstream = UpAsync(call, connection, cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            await connection.WriteAsync(call.ResponseStream.Current.Data.Memory, cancellationToken);
        }

        await connection.DisposeAsync();
        await upstream;
    }

    public void Close() => _closed.Cancel();

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _closed.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task UpAsync(AsyncDuplexStreamingCall<Bytes, Bytes> call, Stream connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await connection.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await call.RequestStream.WriteAsync(new Bytes { Data = Google.Protobuf.ByteString.CopyFrom(buffer, 0, count) }, cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or RpcException or InvalidOperationException)
        {
            // One side has gone; the other loop sees it too.
        }
    }

    /// <summary>Null: the caller knows no such thing.</summary>
    private async Task<TResponse?> CallAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        try
        {
            using var call = Calls.AsyncUnaryCall(method, null, new CallOptions(cancellationToken: cancellationToken), request);
            return await call.ResponseAsync;
        }
        catch (RpcException problem) when (problem.StatusCode is StatusCode.NotFound or StatusCode.Unimplemented or StatusCode.Unknown)
        {
            return null;
        }
        catch (RpcException problem)
        {
            throw SessionErrors.Translate(problem, cancellationToken);
        }
    }
}

using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Naru.Core.Errors;

namespace Naru.Agent.Csi;

/// <summary>gRPC over a socket of this host. What a driver refuses comes out as <see cref="NaruException"/> with its own words.</summary>
internal static class CsiChannel
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static GrpcChannel Open(string socket)
    {
        var end = new UnixDomainSocketEndPoint(socket);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(end, cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        return GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = 4 << 20 });
    }

    /// <summary>Makes one call, and waits for its answer for two minutes at most.</summary>
    public static async Task<T> CallAsync<T>(TimeProvider time, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await call(new CallOptions(cancellationToken: both.Token));
        }
        catch (RpcException failure) when (cancellationToken.IsCancellationRequested && failure.StatusCode == StatusCode.Cancelled)
        {
            throw new OperationCanceledException(failure.Message, failure, cancellationToken);
        }
        catch (RpcException failure)
        {
            var kind = failure.StatusCode switch
            {
                StatusCode.NotFound => ErrorKind.NotFound,
                StatusCode.InvalidArgument => ErrorKind.InvalidArgument,
                StatusCode.Unimplemented => ErrorKind.NotImplemented,
                StatusCode.FailedPrecondition or StatusCode.OutOfRange => ErrorKind.FailedPrecondition,
                _ => ErrorKind.Unavailable,
            };
            throw new NaruException(kind, $"rpc error: code = {failure.StatusCode} desc = {failure.Status.Detail}", failure);
        }
    }
}

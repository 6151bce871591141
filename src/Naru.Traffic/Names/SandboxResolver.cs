using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Naru.Linux.Namespaces;

namespace Naru.Traffic.Names;

/// <summary>The name server that a sandbox sees at 127.0.0.11 port 53. Who asks is known by the socket.</summary>
internal sealed class SandboxResolver : IDisposable
{
    private const int MostPending = 256, MostMessage = 4096;
    private static readonly TimeSpan IdleStream = TimeSpan.FromSeconds(10);
    private readonly NameService _service;
    private readonly Socket _datagrams;
    private readonly Socket _streams;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _pending = new(MostPending, MostPending);

    private SandboxResolver(NameService service, NameScope scope, ResolverSockets sockets)
    {
        _service = service;
        _datagrams = sockets.Datagrams;
        _streams = sockets.Streams;
        Scope = scope;
        Running = Task.WhenAll(ServeDatagramsAsync(_stop.Token), ServeStreamsAsync(_stop.Token));
    }

    internal NameScope Scope { get; set; }

    internal Task Running { get; }

    /// <summary>Opens it inside a namespace; one that was there before (of an earlier process) is replaced.</summary>
    internal static SandboxResolver Open(NetworkNamespace sandbox, NamespaceThreads threads, NameService service, NameScope scope, ResolverSockets? sockets) =>
        new(service, scope, sockets ?? threads.Run(sandbox, static () => ResolverSockets.Open(replaces: true)));

    public void Dispose()
    {
        _stop.Cancel();
        _datagrams.Dispose();
        _streams.Dispose();
    }

    private async Task ServeDatagramsAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MostMessage];
        var any = new IPEndPoint(IPAddress.Any, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _pending.WaitAsync(cancellationToken);
                var received = await _datagrams.ReceiveFromAsync(buffer, any, cancellationToken);
                _ = AnswerDatagramAsync(buffer[..received.ReceivedBytes], received.RemoteEndPoint, cancellationToken);
            }
            catch (SocketException)
            {
                // One datagram too long, or a client that is gone: not the server's end.
                _pending.Release();
            }
            catch (Exception ending) when (ending is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerDatagramAsync(byte[] message, EndPoint client, CancellationToken cancellationToken)
    {
        try
        {
            if (await _service.AnswerAsync(Scope, message, overUdp: true, cancellationToken) is { } answer)
            {
                await _datagrams.SendToAsync(answer, client, cancellationToken);
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Who asked will ask again.
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task ServeStreamsAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _pending.WaitAsync(cancellationToken);
                _ = ServeStreamAsync(await _streams.AcceptAsync(cancellationToken), cancellationToken);
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The sandbox is gone.
        }
    }

    private async Task ServeStreamAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            var header = new byte[2];
            while (true)
            {
                using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                idle.CancelAfter(IdleStream);
                await stream.ReadExactlyAsync(header, idle.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
                await stream.ReadExactlyAsync(message, idle.Token);
                if (await _service.AnswerAsync(Scope, message, overUdp: false, cancellationToken) is not { } answer)
                {
                    return;
                }

                BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. header, .. answer], cancellationToken);
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The client is done.
        }
        finally
        {
            _pending.Release();
        }
    }
}

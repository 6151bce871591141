using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Naru.Linux.Namespaces;

namespace Naru.Traffic.Names;

/// <summary>The name server that a sandbox sees at 127.0.0.11 port 53, a pod at the address of its cluster's. Who asks is known by the socket.</summary>
internal sealed class SandboxResolver : IDisposable
{
    private const int MostPending = 256, MostMessage = 4096;
    private static readonly TimeSpan IdleStream = TimeSpan.FromSeconds(10);
    private readonly NameService _service;
    private readonly Socket _datagrams;
    private readonly Socket _streams;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _pending = new(MostPending, MostPending);

    internal SandboxResolver(NameService service, NameScope scope, ResolverSockets sockets)
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
    internal static SandboxResolver Open(NetworkNamespace sandbox, NamespaceThreads threads, NameService service, NameScope scope, IPAddress address, ResolverSockets? sockets)
    {
        if (sockets is not null && !sockets.Address.Equals(address))
        {
            sockets.Dispose();
            sockets = null;
        }

        return new SandboxResolver(service, scope, sockets ?? threads.Run(sandbox, () => ResolverSockets.Open(address, replaces: true)));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _datagrams.Dispose();
        _streams.Dispose();
    }

    private async Task ServeDatagramsAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MostMessage];
        var client = new SocketAddress(AddressFamily.InterNetwork);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var length = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, client, cancellationToken);
                Take(buffer.AsSpan(0, length), client, cancellationToken);
            }
            catch (SocketException)
            {
                // One datagram too long, or a client that is gone: not the server's end.
            }
            catch (Exception ending) when (ending is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // What is known here is answered at once. What others must be asked for waits by itself; too much of that is dropped, as any network may.
    private void Take(ReadOnlySpan<byte> message, SocketAddress client, CancellationToken cancellationToken)
    {
        if (_service.TryAnswer(Scope, message, overUdp: true, out var answer))
        {
            if (answer is not null)
            {
                _datagrams.SendTo(answer, SocketFlags.None, client);
            }
        }
        else if (_pending.Wait(0, CancellationToken.None))
        {
            var place = new SocketAddress(client.Family, client.Size);
            client.Buffer.Span[..client.Size].CopyTo(place.Buffer.Span);
            _ = AnswerDatagramAsync(message.ToArray(), place, cancellationToken);
        }
    }

    private async Task AnswerDatagramAsync(byte[] message, SocketAddress client, CancellationToken cancellationToken)
    {
        try
        {
            if (await _service.AnswerAsync(Scope, message, overUdp: true, cancellationToken) is { } answer)
            {
                await _datagrams.SendToAsync(answer, SocketFlags.None, client, cancellationToken);
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

using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Naru.Traffic.Ports;

/// <summary>
/// Carries connections and datagrams that reach a kept port itself to the container. Nearly all traffic is translated in the kernel and never
/// comes here; what does is IPv6 traffic for a container without an IPv6 address.
/// </summary>
internal sealed class PortRelay(Socket listener, IPEndPoint target, HostSide host) : IDisposable
{
    private const int BufferLength = 64 * 1024, MostDatagramClients = 1024;
    private static readonly TimeSpan IdleDatagramClient = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Where inside; may move while connections live.</summary>
    internal IPEndPoint Target { get; set; } = target;

    internal Task Running { get; private set; } = Task.CompletedTask;

    internal void Start() => Running = listener.SocketType == SocketType.Stream ? AcceptAsync(_stop.Token) : ReceiveAsync(_stop.Token);

    public void Dispose()
    {
        _stop.Cancel();
        listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var connections = new ConcurrentDictionary<Task, bool>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(cancellationToken);
                var connection = CarryAsync(client, cancellationToken);
                if (!connection.IsCompleted)
                {
                    connections[connection] = true;
                    _ = connection.ContinueWith(done => connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections.Keys);
        }
    }

    private async Task CarryAsync(Socket client, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                using var server = host.Run(() => new Socket(Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
                server.NoDelay = client.NoDelay = true;
                await server.ConnectAsync(Target, cancellationToken);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAll(CopyAsync(client, server, either), CopyAsync(server, client, either));
            }
            catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Either side is gone; the other is told by the close.
            }
        }
    }

    // A direction that ends in order leaves the other going; one that breaks takes the other with it.
    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource either)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, either.Token)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), either.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await either.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var clients = new ConcurrentDictionary<EndPoint, Socket>();
        var buffer = new byte[BufferLength];
        EndPoint any = new IPEndPoint(listener.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult received;
                try
                {
                    received = await listener.ReceiveFromAsync(buffer, any, cancellationToken);
                }
                catch (SocketException) when (!cancellationToken.IsCancellationRequested)
                {
                    // A client that is gone.
                    continue;
                }

                if (!clients.TryGetValue(received.RemoteEndPoint, out var server))
                {
                    if (clients.Count >= MostDatagramClients)
                    {
                        continue;
                    }

                    server = host.Run(() => new Socket(Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
                    await server.ConnectAsync(Target, cancellationToken);
                    clients[received.RemoteEndPoint] = server;
                    _ = AnswerAsync(received.RemoteEndPoint, server, clients, cancellationToken);
                }

                try
                {
                    await server.SendAsync(buffer.AsMemory(0, received.ReceivedBytes), cancellationToken);
                }
                catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
                {
                    // A datagram may be lost.
                }
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            foreach (var server in clients.Values)
            {
                server.Dispose();
            }
        }
    }

    private async Task AnswerAsync(EndPoint client, Socket server, ConcurrentDictionary<EndPoint, Socket> clients, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        try
        {
            while (true)
            {
                using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                idle.CancelAfter(IdleDatagramClient);
                var count = await server.ReceiveAsync(buffer, idle.Token);
                await listener.SendToAsync(buffer.AsMemory(0, count), client, cancellationToken);
            }
        }
        catch (Exception ending) when (ending is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            clients.TryRemove(client, out _);
            server.Dispose();
        }
    }
}

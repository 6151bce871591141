using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Naru.Linux.Sockets;

namespace Naru.Linux.Tests.Sockets;

public sealed class ReadySocketTests : IDisposable
{
    private readonly ReadyLoop _loop = new(0);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ReadySocketTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_MoreThanTheKernelTakes_ArriveWholeInBothDirections()
    {
        var (ready, peer) = await PairAsync();
        var sent = RandomNumberGenerator.GetBytes(8 << 20);
        var back = Task.Run(() => EchoAsync(peer, sent.Length), Token);

        var sending = Task.Run(
            async () =>
            {
                await ready.SendAsync(sent.AsMemory(0, 100), more: true);
                await ready.SendAsync(sent.AsMemory(100));
            },
            Token);
        var received = await ReadAsync(ready, sent.Length);
        await sending;
        await back;

        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Fact]
    public async Task End_ThatCameWithTheLastBytes_IsSeen()
    {
        for (var round = 0; round < 50; round++)
        {
            var (ready, peer) = await PairAsync();
            peer.Send("last"u8);
            peer.Shutdown(SocketShutdown.Send);
            var buffer = new byte[64];

            var total = 0;
            for (int count; (count = await ready.ReceiveAsync(buffer.AsMemory(total)).AsTask().WaitAsync(Token)) > 0;)
            {
                total += count;
            }

            Assert.Equal(4, total);
            ready.Dispose();
            peer.Dispose();
        }
    }

    [Fact]
    public async Task Receive_GoesOnOnTheLoopsThread()
    {
        var (ready, peer) = await PairAsync();
        var receiving = WhereAsync();
        peer.Send("x"u8);

        Assert.Same(_loop, await receiving);
        Assert.Null(ReadyLoop.Current);

        async Task<ReadyLoop?> WhereAsync()
        {
            await ready.ReceiveAsync(new byte[1]);
            var where = ReadyLoop.Current;
            await Task.Yield();
            return where;
        }
    }

    [Fact]
    public async Task Dispose_EndsWhatWaits_AndTellsThePeer()
    {
        var (ready, peer) = await PairAsync();
        var receiving = ready.ReceiveAsync(new byte[1]).AsTask();
        var sending = ready.SendAsync(new byte[64 << 20]).AsTask();

        ready.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => receiving);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ready.ReceiveAsync(new byte[1]));
        var buffer = new byte[1 << 20];
        while (await peer.ReceiveAsync(buffer, Token) > 0)
        {
        }
    }

    [Fact]
    public async Task Connection_ThatThePeerResets_Fails()
    {
        var (ready, peer) = await PairAsync();
        var receiving = ready.ReceiveAsync(new byte[1]).AsTask();
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();

        var failure = await Assert.ThrowsAsync<SocketException>(() => receiving);
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(async () => await ready.SendAsync(new byte[1]))).SocketErrorCode);
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_IsRefused()
    {
        var address = (IPEndPoint)_listener.LocalEndPoint!;
        _listener.Dispose();

        var failure = await Assert.ThrowsAsync<SocketException>(async () => await ReadySocket.ConnectAsync(address, _loop, Token));
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_ThatIsCancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ReadySocket.ConnectAsync(_listener.LocalEndPoint!, _loop, cancelled.Token));
    }

    [Fact]
    public async Task Sockets_Many_AreServedByOneLoop()
    {
        var pairs = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PairAsync()));

        await Task.WhenAll(pairs.Select(async pair =>
        {
            for (var round = 0; round < 20; round++)
            {
                var echo = EchoAsync(pair.Peer, 100);
                await pair.Ready.SendAsync(new byte[100]);
                Assert.Equal(100, (await ReadAsync(pair.Ready, 100)).Length);
                await echo;
            }
        }));
    }

    public void Dispose()
    {
        _loop.Dispose();
        _listener.Dispose();
    }

    private static async Task EchoAsync(Socket peer, int length)
    {
        var buffer = new byte[64 << 10];
        while (length > 0)
        {
            var count = await peer.ReceiveAsync(buffer, Token);
            Assert.NotEqual(0, count);
            length -= count;
            for (var sent = 0; sent < count;)
            {
                sent += await peer.SendAsync(buffer.AsMemory(sent, count - sent), Token);
            }
        }
    }

    private static async Task<byte[]> ReadAsync(ReadySocket socket, int length)
    {
        var all = new byte[length];
        for (var total = 0; total < length;)
        {
            var count = await socket.ReceiveAsync(all.AsMemory(total));
            Assert.NotEqual(0, count);
            total += count;
        }

        return all;
    }

    private async Task<(ReadySocket Ready, Socket Peer)> PairAsync()
    {
        var accepting = _listener.AcceptAsync(Token);
        var ready = await ReadySocket.ConnectAsync(_listener.LocalEndPoint!, _loop, Token);
        return (ready, await accepting);
    }
}

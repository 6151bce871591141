using System.Net;
using System.Net.Sockets;

namespace Naru.EndToEnd.Tests.Chaos;

/// <summary>Passes a registry's bytes on and cuts every connection once it has passed so many, until it is mended.</summary>
internal sealed class BreakingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _left;

    private BreakingProxy(int target, long bytes)
    {
        _target = target;
        _left = bytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Task<BreakingProxy> StartAsync(int target, long bytesBeforeDeath) => Task.FromResult(new BreakingProxy(target, bytesBeforeDeath));

    public void Mend() => Interlocked.Exchange(ref _left, long.MaxValue / 2);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                // Taken once: a client whose connection was found broken by the other direction does not give its stream any more.
                var (down, source) = (client.GetStream(), server.GetStream());
                var up = down.CopyToAsync(source, _stop.Token);
                var block = new byte[64 * 1024];
                int count;
                while (Interlocked.Read(ref _left) > 0 && (count = await source.ReadAsync(block, _stop.Token)) > 0)
                {
                    Interlocked.Add(ref _left, -count);
                    await down.WriteAsync(block.AsMemory(0, count), _stop.Token);
                }

                client.Close();
                server.Close();
                await up;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One end is gone, which is what this proxy is for.
            }
        }
    }
}

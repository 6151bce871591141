using System.Net;
using System.Net.Sockets;

namespace Naru.Agent.Services;

/// <summary>A port at which every request gets the same answer.</summary>
internal sealed class HealthPort : IAsyncDisposable
{
    private const int LongestRequest = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener;
    private readonly Task _run;

    /// <exception cref="SocketException">The port is taken.</exception>
    public HealthPort(ushort port, HealthAnswer answer)
    {
        Answer = answer;
        _listener = Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            _listener.Listen(64);
        }
        catch
        {
            _listener.Dispose();
            _end.Dispose();
            throw;
        }

        _run = Task.Run(AcceptAsync);
    }

    public HealthAnswer Answer { get; set; }

    /// <summary>Where it listens.</summary>
    public int Number => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _run;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        // One after another: who asks slowly is cut off, and nobody asks often.
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptAsync(_end.Token);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                limit.CancelAfter(Patience);
                await AnswerAsync(client, limit.Token);
            }
            catch (Exception ending) when (ending is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // This client went, or the port is closed: the loop's condition tells.
            }
        }
    }

    private async Task AnswerAsync(Socket client, CancellationToken cancellationToken)
    {
        var request = new byte[LongestRequest];
        var length = 0;
        while (length < request.Length && request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var count = await client.ReceiveAsync(request.AsMemory(length), SocketFlags.None, cancellationToken);
            if (count == 0)
            {
                return;
            }

            length += count;
        }

        await client.SendAsync(Answer.ToHttp(), SocketFlags.None, cancellationToken);
        client.Shutdown(SocketShutdown.Send);
    }
}

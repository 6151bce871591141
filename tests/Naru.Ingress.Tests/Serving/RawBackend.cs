using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Naru.Ingress.Tests.Serving;

/// <summary>A backend that answers every head with given bytes, whatever they mean.</summary>
public sealed class RawBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    public RawBackend(Func<int, string> answer, bool closes = false)
    {
        _listener.Start();
        _loop = AcceptAsync(answer, closes);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Heads that came.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    /// <summary>How many connections came.</summary>
    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _loop;
        _end.Dispose();
    }

    private async Task AcceptAsync(Func<int, string> answer, bool closes)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                Connections++;
                running.Add(AnswerAsync(client, answer, closes));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task AnswerAsync(TcpClient client, Func<int, string> answer, bool closes)
    {
        using var own = client;
        var stream = client.GetStream();
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await stream.ReadAsync(buffer, _end.Token);
                if (length == 0)
                {
                    return;
                }

                text.Append(Encoding.Latin1.GetString(buffer, 0, length));
                if (text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    Heads.Enqueue(text.ToString());
                    text.Clear();
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(answer(Heads.Count)), _end.Token);
                    if (closes)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The proxy or the test had enough.
        }
    }
}

using System.Net.Sockets;
using System.Text;

namespace Naru.Dialects.Docker.Tests.Fakes;

/// <summary>A client that sees every byte, as docker-py's raw sockets do.</summary>
internal sealed class RawClient(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    public Task SendAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), SocketFlags.None, TestContext.Current.CancellationToken).AsTask();

    /// <summary>One receive, as it comes.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        var count = await socket.ReceiveAsync(_buffer, SocketFlags.None, TestContext.Current.CancellationToken);
        return _buffer[..count];
    }

    public async Task<string> ReceiveTextAsync() => Encoding.Latin1.GetString(await ReceiveAsync());

    /// <summary>Exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        var done = 0;
        while (done < count)
        {
            var got = await socket.ReceiveAsync(bytes.AsMemory(done), SocketFlags.None, TestContext.Current.CancellationToken);
            Assert.True(got > 0, "the connection ended early");
            done += got;
        }
        return bytes;
    }

    /// <summary>Everything until the server ends.</summary>
    public async Task<string> ReceiveAllAsync()
    {
        var text = new StringBuilder();
        byte[] part;
        while ((part = await ReceiveAsync()).Length > 0)
        {
            text.Append(Encoding.Latin1.GetString(part));
        }
        return text.ToString();
    }

    /// <summary>A response head, byte by byte, so that nothing behind it is lost.</summary>
    public async Task<string> ReceiveHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(Encoding.Latin1.GetString(await ReceiveAsync(1)));
        }
        return head.ToString();
    }

    public void CloseSending() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => socket.Dispose();
}

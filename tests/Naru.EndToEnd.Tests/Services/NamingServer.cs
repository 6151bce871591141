using System.Net;
using System.Net.Sockets;

namespace Naru.EndToEnd.Tests.Services;

/// <summary>A server of datagrams: to whoever asks in DNS (RFC 1035, section 4) for the address of a name it says the same one.</summary>
internal sealed class NamingServer : IDisposable
{
    private const int HeaderLength = 12;
    private const byte TypeAddress = 1;

    private readonly UdpClient _socket;
    private readonly byte[] _said;

    public NamingServer(IPAddress at, IPAddress said)
    {
        _socket = new UdpClient(new IPEndPoint(at, 0));
        _said = said.GetAddressBytes();
        _ = AnswerAsync();
    }

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    /// <summary>A question for the address of <c>a.</c>.</summary>
    public static ReadOnlyMemory<byte> Question { get; } = new byte[] { 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 0, 0, TypeAddress, 0, 1 };

    /// <summary>The address that an answer names.</summary>
    public static string AddressIn(byte[] answer) => new IPAddress(answer.AsSpan(answer.Length - 4)).ToString();

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync();
                await _socket.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint);
            }
        }
        catch (ObjectDisposedException)
        {
        }
        catch (SocketException)
        {
        }
    }

    // The question again, and its answer where it is one for an address: the name of the question, the type, the class, no time to live.
    private byte[] Answer(byte[] question)
    {
        var isAddress = question[^3] == TypeAddress;
        byte[] answer = isAddress ? [.. question, 0xC0, HeaderLength, 0, TypeAddress, 0, 1, 0, 0, 0, 0, 0, 4, .. _said] : [.. question];
        (answer[2], answer[3], answer[7]) = (0x84, 0, isAddress ? (byte)1 : (byte)0);
        return answer;
    }
}

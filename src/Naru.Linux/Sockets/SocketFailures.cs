using System.Net.Sockets;

namespace Naru.Linux.Sockets;

/// <summary>The kernel's errors of sockets by the framework's names.</summary>
internal static class SocketFailures
{
    public static SocketException Of(int errno) => new((int)(errno switch
    {
        SocketCalls.ConnectionReset or SocketCalls.BrokenPipe => SocketError.ConnectionReset,
        SocketCalls.ConnectionAborted => SocketError.ConnectionAborted,
        SocketCalls.NotConnected => SocketError.NotConnected,
        SocketCalls.TimedOut => SocketError.TimedOut,
        _ => SocketError.SocketError,
    }));
}

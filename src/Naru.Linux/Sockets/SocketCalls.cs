using System.Runtime.InteropServices;

namespace Naru.Linux.Sockets;

/// <summary>recv and send that never wait. See recv(2), send(2).</summary>
internal static unsafe partial class SocketCalls
{
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int More = 0x8000;
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int BrokenPipe = 32;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NotConnected = 107;
    public const int TimedOut = 110;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, byte* buffer, nint length, int flags);
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Processes;

/// <summary>
/// Receives a terminal from an OCI runtime (<c>--console-socket</c>): the runtime connects and sends the terminal's
/// controlling side as a descriptor (SCM_RIGHTS, unix(7)).
/// </summary>
public sealed partial class ConsoleSocket : IDisposable
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int CloseOnExec = 0x40000000;
    private const int ControlSize = 64;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens at the path, which must be free and at most 107 bytes long.</summary>
    public ConsoleSocket(string path)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
    }

    public string Path { get; }

    /// <summary>Waits for the terminal.</summary>
    public async Task<SafeFileHandle> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var connection = await _listener.AcceptAsync(cancellationToken);

        // A first byte peeked without waiting in the kernel shows that the message is there.
        var peek = new byte[1];
        await connection.ReceiveAsync(peek, SocketFlags.Peek, cancellationToken);
        return Receive(connection.SafeHandle);
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(Path);
    }

    private static unsafe SafeFileHandle Receive(SafeSocketHandle connection)
    {
        var data = stackalloc byte[256];
        var control = stackalloc byte[ControlSize];
        var part = new IoVector { Base = data, Length = 256 };
        var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlSize };
        LinuxException.ThrowIfFailed(ReceiveMessage(connection, &message, CloseOnExec), "receive", "a terminal");
        var header = (ControlHeader*)control;
        return message.ControlLength >= (nuint)(sizeof(ControlHeader) + sizeof(int)) && header->Level == SocketLevel && header->Type == Rights
            ? new SafeFileHandle(*(int*)(control + sizeof(ControlHeader)), ownsHandle: true)
            : throw new LinuxException(Errno.InvalidArgument, "receive", "a terminal");
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static unsafe partial nint ReceiveMessage(SafeHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}

using System.Runtime.InteropServices;

namespace Naru.Linux.Netlink;

internal static unsafe partial class NetlinkNative
{
    internal const int AfNetlink = 16;
    internal const int SockRaw = 3;
    internal const int SockCloseOnExec = 0x80000;
    internal const int SolNetlink = 270;
    internal const int AddMembership = 1;
    internal const int CapAck = 10;
    internal const int ExtAck = 11;
    internal const int StrictCheck = 12;
    internal const int SolSocket = 1;
    internal const int ReceiveTimeout = 20;
    internal const int ReceiveBufferForce = 33;
    internal const int ReceiveBuffer = 8;
    internal const int SendBuffer = 7;
    internal const int SendBufferForce = 32;

    [StructLayout(LayoutKind.Sequential)]
    internal struct SocketAddress
    {
        internal ushort Family;
        internal ushort Pad;
        internal uint Pid;
        internal uint Groups;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(NetlinkSocketHandle socket, SocketAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(NetlinkSocketHandle socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(NetlinkSocketHandle socket, byte* buffer, nint length, int flags, SocketAddress* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(NetlinkSocketHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(NetlinkSocketHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);
}

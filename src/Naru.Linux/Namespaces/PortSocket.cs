using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Naru.Linux.Namespaces;

/// <summary>
/// Keeps a port of the host for its owner: others get EADDRINUSE. The runtime's own sockets cannot do it, since they let two sockets
/// share an address as long as neither listens.
/// </summary>
public static unsafe partial class PortSocket
{
    private const int CloseOnExec = 0x80000;
    private const int AfInet = 2, AfInet6 = 10;
    private const int SolSocket = 1, ReuseAddress = 2;
    private const int Ipv6Only = 26, SolIpv6 = 41;
    private const int ProtocolTcp = 6, ProtocolUdp = 17, ProtocolSctp = 132;

    /// <summary>Binds, and for streams listens, in the namespace of the calling thread.</summary>
    /// <param name="address">Address of the host, or any.</param>
    /// <param name="port">Port; 0 for any.</param>
    /// <param name="protocol">tcp, udp or sctp.</param>
    /// <returns>The socket, or null when the kernel does not know the protocol or family at all.</returns>
    /// <exception cref="SocketException">Address in use, not available, not allowed.</exception>
    public static Socket? Reserve(IPAddress address, ushort port, string protocol)
    {
        ArgumentNullException.ThrowIfNull(address);
        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var (kind, number) = protocol switch
        {
            "tcp" => (1, ProtocolTcp),
            "udp" => (2, ProtocolUdp),
            "sctp" => (1, ProtocolSctp),
            _ => throw new ArgumentException($"'{protocol}' is not a transport protocol", nameof(protocol)),
        };
        var descriptor = NewSocket(isV6 ? AfInet6 : AfInet, kind | CloseOnExec, number);
        if (descriptor < 0)
        {
            return null;
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        try
        {
            var one = 1;
            if (number != ProtocolUdp)
            {
                // Old connections in TIME_WAIT do not matter; a listener still excludes everybody else.
                SetOption(descriptor, SolSocket, ReuseAddress, &one, sizeof(int));
            }

            if (isV6)
            {
                SetOption(descriptor, SolIpv6, Ipv6Only, &one, sizeof(int));
            }

            Span<byte> name = stackalloc byte[28];
            var length = Fill(name, address, port, isV6);
            fixed (byte* pointer = name)
            {
                Check(Bind(descriptor, pointer, length));
            }

            if (number != ProtocolUdp)
            {
                Check(Listen(descriptor, 512));
            }

            return new Socket(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static int Fill(Span<byte> name, IPAddress address, ushort port, bool isV6)
    {
        name.Clear();
        MemoryMarshal.Write(name, (ushort)(isV6 ? AfInet6 : AfInet));
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], port);
        address.TryWriteBytes(name[(isV6 ? 8 : 4)..], out _);
        return isV6 ? 28 : 16;
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new SocketException((int)(Marshal.GetLastPInvokeError() switch
            {
                98 => SocketError.AddressAlreadyInUse,
                99 => SocketError.AddressNotAvailable,
                13 or 1 => SocketError.AccessDenied,
                var other => (SocketError)other,
            }));
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int NewSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(int socket, int backlog);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int option, void* value, int length);
}

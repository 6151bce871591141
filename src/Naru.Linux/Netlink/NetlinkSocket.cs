using System.Buffers;
using System.Runtime.InteropServices;

namespace Naru.Linux.Netlink;

/// <summary>
/// A raw AF_NETLINK socket. It belongs to the network namespace of the thread that opened it, whoever uses it later.
/// Not safe for several threads at once; opening one costs some microseconds, so open one for each piece of work.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    internal const int RouteProtocol = 0;
    internal const int NetfilterProtocol = 12;
    // The kernel fills a dump's buffer up to 32 KiB.
    private const int ReceiveLength = 32 * 1024;
    private const ushort TypeError = 2;
    private const ushort TypeDone = 3;
    private const ushort FlagDumpInterrupted = 0x10;
    private readonly NetlinkSocketHandle _handle;
    private readonly byte[] _receiveBuffer = ArrayPool<byte>.Shared.Rent(ReceiveLength);
    private uint _sequence;

    private NetlinkSocket(NetlinkSocketHandle handle) => _handle = handle;

    internal delegate void MessageReader(ushort type, ReadOnlySpan<byte> payload);

    internal delegate void ErrorReader(uint sequence, int errno, string? explanation);

    internal static NetlinkSocket Open(int protocol, params ReadOnlySpan<int> groups)
    {
        var descriptor = NetlinkNative.Socket(NetlinkNative.AfNetlink, NetlinkNative.SockRaw | NetlinkNative.SockCloseOnExec, protocol);
        if (descriptor < 0)
        {
            throw Failure("open a netlink socket");
        }

        var socket = new NetlinkSocket(new NetlinkSocketHandle(descriptor));
        var address = new NetlinkNative.SocketAddress { Family = NetlinkNative.AfNetlink };
        if (NetlinkNative.Bind(socket._handle, &address, sizeof(NetlinkNative.SocketAddress)) < 0)
        {
            var failure = Failure("bind a netlink socket");
            socket.Dispose();
            throw failure;
        }

        // Short refusals with the kernel's own words.
        socket.TryOption(NetlinkNative.SolNetlink, NetlinkNative.CapAck, 1);
        socket.TryOption(NetlinkNative.SolNetlink, NetlinkNative.ExtAck, 1);
        foreach (var group in groups)
        {
            socket.TryOption(NetlinkNative.SolNetlink, NetlinkNative.AddMembership, group);
        }

        return socket;
    }

    internal void GrowBuffers(int bytes)
    {
        if (!TryOption(NetlinkNative.SolSocket, NetlinkNative.ReceiveBufferForce, bytes))
        {
            TryOption(NetlinkNative.SolSocket, NetlinkNative.ReceiveBuffer, bytes);
        }

        if (!TryOption(NetlinkNative.SolSocket, NetlinkNative.SendBufferForce, bytes))
        {
            TryOption(NetlinkNative.SolSocket, NetlinkNative.SendBuffer, bytes);
        }
    }

    internal uint NextSequence() => ++_sequence;

    /// <summary>Sends what was written, in one system call.</summary>
    internal void Send(NetlinkWriter writer)
    {
        writer.EndMessage();
        var address = new NetlinkNative.SocketAddress { Family = NetlinkNative.AfNetlink };
        fixed (byte* data = writer.Written)
        {
            while (NetlinkNative.SendTo(_handle, data, writer.Length, 0, &address, sizeof(NetlinkNative.SocketAddress)) < 0)
            {
                if (Marshal.GetLastPInvokeError() != LinuxErrno.Interrupted)
                {
                    throw Failure("send a netlink message");
                }
            }
        }
    }

    /// <summary>Reads answers until <paramref name="count"/> acknowledgements (good or bad) have come; messages in between go to <paramref name="messages"/>.</summary>
    internal void ReadAcknowledgements(int count, ErrorReader errors, MessageReader? messages = null)
    {
        while (count > 0)
        {
            var rest = ReceiveSome();
            while (TakeMessage(ref rest, out var type, out _, out var sequence, out var payload))
            {
                if (type != TypeError)
                {
                    messages?.Invoke(type, payload);
                    continue;
                }

                count--;
                var errno = -MemoryMarshal.Read<int>(payload);
                if (errno != 0)
                {
                    errors(sequence, errno, Explanation(payload));
                }
            }
        }
    }

    /// <summary>Reads refusals until the answer to one message has come, or a refusal of the whole.</summary>
    internal void ReadAcknowledgementOf(uint last, ErrorReader errors)
    {
        for (var done = false; !done;)
        {
            var rest = ReceiveSome();
            while (TakeMessage(ref rest, out var type, out _, out var sequence, out var payload))
            {
                if (type != TypeError)
                {
                    continue;
                }

                var errno = -MemoryMarshal.Read<int>(payload);
                done |= sequence == last || sequence == 1;
                if (errno != 0)
                {
                    errors(sequence, errno, Explanation(payload));
                }
            }
        }
    }

    /// <summary>Reads a dump to its end. False if the kernel says that it changed meanwhile.</summary>
    internal bool ReadDump(uint sequence, MessageReader messages)
    {
        var whole = true;
        while (true)
        {
            var rest = ReceiveSome();
            while (TakeMessage(ref rest, out var type, out var flags, out var seen, out var payload))
            {
                if (seen != sequence)
                {
                    continue;
                }

                whole &= (flags & FlagDumpInterrupted) == 0;
                if (type == TypeDone || type == TypeError)
                {
                    var errno = payload.Length >= 4 ? -MemoryMarshal.Read<int>(payload) : 0;
                    return errno == 0 ? whole : throw new NetlinkException(errno, $"list over netlink: {Describe(errno)}");
                }

                messages(type, payload);
            }
        }
    }

    /// <summary>Waits for the next notification. False when the socket was shut down; an overrun is reported as type 0.</summary>
    internal bool ReadNotifications(MessageReader messages)
    {
        ReadOnlySpan<byte> rest;
        try
        {
            rest = ReceiveSome();
        }
        catch (NetlinkException overrun) when (overrun.Errno == LinuxErrno.NoBufferSpace)
        {
            messages(0, default);
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        while (TakeMessage(ref rest, out var type, out _, out _, out var payload))
        {
            messages(type, payload);
        }

        return true;
    }

    internal void SetReceiveTimeout(TimeSpan timeout)
    {
        Span<long> value = [(long)timeout.TotalSeconds, timeout.Microseconds + (timeout.Milliseconds * 1000L)];
        fixed (long* pointer = value)
        {
            NetlinkNative.SetOption(_handle, NetlinkNative.SolSocket, NetlinkNative.ReceiveTimeout, pointer, 16);
        }
    }

    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            _handle.Dispose();
            ArrayPool<byte>.Shared.Return(_receiveBuffer);
        }
    }

    internal static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    private static NetlinkException Failure(string what)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new NetlinkException(errno, $"{what}: {Describe(errno)}");
    }

    private bool TryOption(int level, int option, int value) => NetlinkNative.SetOption(_handle, level, option, &value, sizeof(int)) == 0;

    private ReadOnlySpan<byte> ReceiveSome()
    {
        fixed (byte* buffer = _receiveBuffer)
        {
            while (true)
            {
                var count = NetlinkNative.Receive(_handle, buffer, _receiveBuffer.Length, 0);
                if (count >= 0)
                {
                    return _receiveBuffer.AsSpan(0, (int)count);
                }

                if (Marshal.GetLastPInvokeError() != LinuxErrno.Interrupted)
                {
                    throw Failure("receive from netlink");
                }
            }
        }
    }

    private static bool TakeMessage(ref ReadOnlySpan<byte> rest, out ushort type, out ushort flags, out uint sequence, out ReadOnlySpan<byte> payload)
    {
        type = flags = 0;
        sequence = 0;
        payload = default;
        if (rest.Length < 16)
        {
            return false;
        }

        var length = MemoryMarshal.Read<int>(rest);
        if (length < 16 || length > rest.Length)
        {
            return false;
        }

        type = MemoryMarshal.Read<ushort>(rest[4..]);
        flags = MemoryMarshal.Read<ushort>(rest[6..]);
        sequence = MemoryMarshal.Read<uint>(rest[8..]);
        payload = rest[16..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    // With NETLINK_CAP_ACK an error message is: int error, the 16-byte header of the request, then attributes; 1 is the text.
    private static string? Explanation(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= 20)
        {
            return null;
        }

        var attributes = new NetlinkAttributes(payload[20..]);
        while (attributes.Next())
        {
            if (attributes.Type == 1)
            {
                return attributes.Text();
            }
        }

        return null;
    }
}

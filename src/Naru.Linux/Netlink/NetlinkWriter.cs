using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Naru.Linux.Netlink;

/// <summary>Writes netlink messages one after another into a growing buffer. Not safe for several threads.</summary>
internal sealed class NetlinkWriter
{
    private const int HeaderLength = 16;
    private byte[] _buffer = new byte[1024];
    private int _messageStart = -1;

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    internal void Clear()
    {
        Length = 0;
        _messageStart = -1;
    }

    /// <summary>Begins a message; ends the one before.</summary>
    internal void Begin(ushort type, ushort flags, uint sequence)
    {
        EndMessage();
        _messageStart = Length;
        var header = Reserve(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
    }

    internal void EndMessage()
    {
        if (_messageStart >= 0)
        {
            MemoryMarshal.Write(_buffer.AsSpan(_messageStart), (uint)(Length - _messageStart));
            _messageStart = -1;
        }
    }

    /// <summary>A fixed header that follows the netlink header (ifinfomsg and its like).</summary>
    internal void Struct<T>(in T value)
        where T : unmanaged
    {
        var target = Reserve(Align(Marshal.SizeOf<T>()));
        MemoryMarshal.Write(target, value);
    }

    internal void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var target = Reserve(Align(4 + value.Length));
        MemoryMarshal.Write(target, (ushort)(4 + value.Length));
        MemoryMarshal.Write(target[2..], type);
        value.CopyTo(target[4..]);
    }

    internal void Attribute(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    internal void Attribute(ushort type, IPAddress value) => Attribute(type, value.GetAddressBytes());

    internal void Attribute(ushort type) => Attribute(type, default(ReadOnlySpan<byte>));

    internal void AttributeValue<T>(ushort type, T value)
        where T : unmanaged => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    internal void AttributeBigEndian(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>Opens a nested attribute; the answer goes to <see cref="EndNest"/>.</summary>
    internal int BeginNest(ushort type)
    {
        var start = Length;
        var target = Reserve(4);
        MemoryMarshal.Write(target[2..], type);
        return start;
    }

    internal void EndNest(int start) => MemoryMarshal.Write(_buffer.AsSpan(start), (ushort)(Length - start));

    private static int Align(int length) => (length + 3) & ~3;

    private Span<byte> Reserve(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        var span = _buffer.AsSpan(Length, count);
        span.Clear();
        Length += count;
        return span;
    }
}

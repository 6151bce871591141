using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Naru.Linux.Netlink;

/// <summary>Walks the attributes of a netlink message: <c>while (attributes.Next()) { … }</c>.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> data)
{
    private const ushort TypeMask = 0x3fff;
    private ReadOnlySpan<byte> _rest = data;

    internal ushort Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The whole attribute with its header, unpadded.</summary>
    internal ReadOnlySpan<byte> Raw { get; private set; }

    internal bool Next()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        Raw = _rest[..length];
        Value = Raw[4..];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }

    internal readonly T Read<T>()
        where T : unmanaged => Value.Length >= Marshal.SizeOf<T>() ? MemoryMarshal.Read<T>(Value) : default;

    internal readonly string Text() => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    internal readonly IPAddress? Address() => Value.Length is 4 or 16 ? new IPAddress(Value) : null;
}

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Naru.Traffic.Addresses;

/// <summary>A block of IPv4 or IPv6 addresses. Host bits of what it is made from are dropped.</summary>
internal readonly record struct Subnet
{
    private readonly UInt128 _base;

    private Subnet(UInt128 any, int prefixLength, bool isV6)
    {
        PrefixLength = prefixLength;
        IsV6 = isV6;
        _base = any & ~HostMask;
    }

    internal int PrefixLength { get; }

    internal bool IsV6 { get; }

    internal IPAddress Base => ToAddress(_base, IsV6);

    internal UInt128 First => _base;

    internal UInt128 Last => _base | HostMask;

    private UInt128 HostMask => PrefixLength == Width ? 0 : UInt128.MaxValue >> (128 - (Width - PrefixLength));

    private int Width => IsV6 ? 128 : 32;

    internal static Subnet Of(IPAddress any, int prefixLength) => new(ToNumber(any), prefixLength, any.AddressFamily == AddressFamily.InterNetworkV6);

    internal static bool TryParse(string text, out Subnet subnet) => TryParse(text, out subnet, out _);

    /// <summary>Reads <c>address/bits</c>; the address keeps its host bits.</summary>
    internal static bool TryParse(string text, out Subnet subnet, out IPAddress address)
    {
        subnet = default;
        address = IPAddress.None;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !TryParseAddress(text[..slash], out var parsed)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > (parsed.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32))
        {
            return false;
        }

        address = parsed;
        subnet = Of(parsed, bits);
        return true;
    }

    /// <summary>An address in full notation; <c>10.1</c> and scoped addresses are refused.</summary>
    internal static bool TryParseAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(text, out var parsed) || text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal)
            || (parsed.AddressFamily == AddressFamily.InterNetwork && text.Count(static c => c == '.') != 3))
        {
            return false;
        }

        address = parsed;
        return true;
    }

    internal bool Contains(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 == IsV6 && Contains(ToNumber(address));

    internal bool Contains(UInt128 number) => number >= First && number <= Last;

    internal bool Contains(Subnet other) => IsV6 == other.IsV6 && Contains(other.First) && Contains(other.Last);

    internal bool Overlaps(Subnet other) => IsV6 == other.IsV6 && First <= other.Last && other.First <= Last;

    /// <summary>The <paramref name="index"/>-th block of <paramref name="prefixLength"/> bits inside.</summary>
    internal Subnet Part(int prefixLength, UInt128 index) => new(_base + (index << (Width - prefixLength)), prefixLength, IsV6);

    internal IPAddress At(UInt128 number) => ToAddress(number, IsV6);

    public override string ToString() => $"{Base}/{PrefixLength}";

    internal static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        return count == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    internal static IPAddress ToAddress(UInt128 number, bool isV6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(isV6 ? bytes : bytes[12..]);
    }
}

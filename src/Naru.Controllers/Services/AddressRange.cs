using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Naru.Controllers.Services;

/// <summary>A range of addresses that services get theirs from.</summary>
internal sealed class AddressRange
{
    private const int SmallestBand = 16;
    private const int LargestBand = 256;
    private const int LongestSearch = 1 << 20;

    private readonly UInt128 _first;
    private readonly UInt128 _count;

    private AddressRange(IPNetwork network)
    {
        var bits = IsVersion6(network.BaseAddress) ? 128 : 32;
        Network = network;
        var size = bits - network.PrefixLength >= 127 ? UInt128.MaxValue : UInt128.One << (bits - network.PrefixLength);
        // The range's own address is never given out, nor the one that means all of them; a range of one address has neither.
        _first = ToNumber(network.BaseAddress) + (size == 1 ? 0u : 1u);
        _count = size <= 2 ? 1 : size - (bits == 32 ? 2u : 1u);
    }

    /// <summary>The range itself.</summary>
    public IPNetwork Network { get; }

    /// <summary><c>IPv4</c> or <c>IPv6</c>.</summary>
    public string Family => FamilyOf(Network.BaseAddress);

    /// <summary>The first address that can be given out: the API server's own.</summary>
    public IPAddress First => ToAddress(_first);

    /// <summary>Reads a range; false if it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = IPNetwork.TryParse(text, out var network) ? new AddressRange(network) : null;
        return range is not null;
    }

    /// <summary><c>IPv4</c> or <c>IPv6</c>.</summary>
    public static string FamilyOf(IPAddress address) => IsVersion6(address) ? "IPv6" : "IPv4";

    /// <summary>The address can be given out.</summary>
    public bool Contains(IPAddress address) =>
        IsVersion6(address) == IsVersion6(Network.BaseAddress) && Network.Contains(address) && ToNumber(address) - _first < _count;

    /// <summary>Addresses in the order in which they are tried: from anywhere in the upper part, then in the lower, which is left to those who choose for themselves.</summary>
    public IEnumerable<IPAddress> Candidates(Random random)
    {
        var band = _count < SmallestBand * 2 ? UInt128.Zero : UInt128.Clamp(_count / SmallestBand, SmallestBand, LargestBand);
        return Walk(band, _count - band, random).Concat(Walk(0, band, random));
    }

    private IEnumerable<IPAddress> Walk(UInt128 offset, UInt128 count, Random random)
    {
        if (count == 0)
        {
            yield break;
        }

        var start = (UInt128)random.NextInt64(long.MaxValue) % count;
        for (UInt128 step = 0; step < count && step < LongestSearch; step++)
        {
            yield return ToAddress(_first + offset + ((start + step) % count));
        }
    }

    private static bool IsVersion6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private static UInt128 ToNumber(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return IsVersion6(Network.BaseAddress) ? new IPAddress(bytes) : new IPAddress(bytes[12..]);
    }
}

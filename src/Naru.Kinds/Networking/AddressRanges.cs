using System.Net;

namespace Naru.Kinds.Networking;

/// <summary>Ranges of addresses.</summary>
internal static class AddressRanges
{
    /// <summary>Whether the inner range is a smaller part of the outer. Both are well formed.</summary>
    public static bool IsStrictlyWithin(string outer, string inner)
    {
        var (network, bits) = Split(outer);
        var (address, innerBits) = Split(inner);
        if (network.Length != address.Length || innerBits <= bits)
        {
            return false;
        }

        for (var bit = 0; bit < bits; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if ((network[bit / 8] & mask) != (address[bit / 8] & mask))
            {
                return false;
            }
        }

        return true;
    }

    private static (byte[] Address, int Bits) Split(string range)
    {
        var slash = range.IndexOf('/', StringComparison.Ordinal);
        return (IPAddress.Parse(range.AsSpan(0, slash)).GetAddressBytes(), int.Parse(range.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture));
    }
}

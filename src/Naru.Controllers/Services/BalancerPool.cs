using System.Net;
using System.Net.Sockets;

namespace Naru.Controllers.Services;

/// <summary>The addresses that services of type LoadBalancer get theirs from: ranges, first-last pairs and single addresses. Pure.</summary>
internal sealed class BalancerPool
{
    private readonly List<(UInt128 First, UInt128 Last, bool IsV6)> _parts = [];

    /// <exception cref="FormatException">One of them is none.</exception>
    public BalancerPool(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            _parts.Add(Parse(text));
        }
    }

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The address is one of them.</summary>
    public bool Contains(IPAddress address) => _parts.Exists(part => part.IsV6 == IsV6(address) && ToNumber(address) >= part.First && ToNumber(address) <= part.Last);

    /// <summary>The first address of a family (<c>IPv4</c>, <c>IPv6</c>) that is free; null: none.</summary>
    public IPAddress? Choose(string family, Func<IPAddress, bool> isFree)
    {
        const int MostTries = 65536;
        foreach (var (first, last, isV6) in _parts.Where(part => part.IsV6 == (family == "IPv6")))
        {
            var tries = 0;
            for (var number = first; number <= last && tries < MostTries; number++, tries++)
            {
                if (ToAddress(number, isV6) is var address && isFree(address))
                {
                    return address;
                }
            }
        }

        return null;
    }

    /// <summary>Reads <c>192.0.2.0/28</c>, <c>192.0.2.10-192.0.2.20</c> or one address.</summary>
    private static (UInt128 First, UInt128 Last, bool IsV6) Parse(string text)
    {
        var parts = text.Split('-', 2, StringSplitOptions.TrimEntries);
        if (parts.Length == 2 && IPAddress.TryParse(parts[0], out var from) && IPAddress.TryParse(parts[1], out var to) && from.AddressFamily == to.AddressFamily && ToNumber(from) <= ToNumber(to))
        {
            return (ToNumber(from), ToNumber(to), IsV6(from));
        }

        if (parts.Length == 1 && IPAddress.TryParse(text, out var single))
        {
            return (ToNumber(single), ToNumber(single), IsV6(single));
        }

        if (parts.Length == 1 && IPNetwork.TryParse(text, out var network))
        {
            var isV6 = IsV6(network.BaseAddress);
            var bits = (isV6 ? 128 : 32) - network.PrefixLength;
            var first = ToNumber(network.BaseAddress);
            var last = first + (bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1);

            // The range's own address and the one that means all of it are no host's, unless it has no others.
            return bits < 2 ? (first, last, isV6) : (first + 1, isV6 ? last : last - 1, isV6);
        }

        throw new FormatException($"\"{text}\" must be a range such as 192.0.2.0/28 or 192.0.2.10-192.0.2.20");
    }

    private static bool IsV6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private static UInt128 ToNumber(IPAddress address)
    {
        var number = UInt128.Zero;
        foreach (var part in address.GetAddressBytes())
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private static IPAddress ToAddress(UInt128 number, bool isV6)
    {
        var bytes = new byte[isV6 ? 16 : 4];
        for (var index = bytes.Length - 1; index >= 0; index--)
        {
            bytes[index] = (byte)(number & 0xff);
            number >>= 8;
        }

        return new IPAddress(bytes);
    }
}

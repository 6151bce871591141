using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Policies;

namespace Naru.Agent.Policies;

/// <summary>Ranges of addresses as numbers. Pure.</summary>
internal static class AddressBlocks
{
    /// <summary>The addresses of all blocks but those that they except, as ranges that do not touch; what cannot be read is left out.</summary>
    public static IEnumerable<AddressRange> Of(IReadOnlyCollection<(string Block, IReadOnlyList<string> Except)> blocks)
    {
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            var parts = blocks.SelectMany(one => Read(one.Block, family) is { } whole ? Without(whole, [.. one.Except.Select(text => Read(text, family)).OfType<(UInt128, UInt128)>().Order()]) : []).Order();
            foreach (var (first, last) in Join(parts))
            {
                yield return new AddressRange(Address(first, family), Address(last, family));
            }
        }
    }

    private static IEnumerable<(UInt128 First, UInt128 Last)> Without((UInt128 First, UInt128 Last) whole, List<(UInt128 First, UInt128 Last)> except)
    {
        var next = whole.First;
        foreach (var (first, last) in except)
        {
            if (first > next)
            {
                yield return (next, UInt128.Min(first - 1, whole.Last));
            }

            if (last >= whole.Last)
            {
                yield break;
            }

            next = UInt128.Max(next, last + 1);
        }

        yield return (next, whole.Last);
    }

    private static IEnumerable<(UInt128 First, UInt128 Last)> Join(IEnumerable<(UInt128 First, UInt128 Last)> parts)
    {
        (UInt128 First, UInt128 Last)? open = null;
        foreach (var part in parts)
        {
            if (open is not { } before)
            {
                open = part;
            }
            else if (part.First <= before.Last || part.First == before.Last + 1)
            {
                open = (before.First, UInt128.Max(before.Last, part.Last));
            }
            else
            {
                yield return before;
                open = part;
            }
        }

        if (open is { } rest)
        {
            yield return rest;
        }
    }

    private static (UInt128 First, UInt128 Last)? Read(string text, AddressFamily family)
    {
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.AddressFamily != family)
        {
            return null;
        }

        var bytes = network.BaseAddress.GetAddressBytes();
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();
        bytes.CopyTo(wide[(16 - bytes.Length)..]);
        var first = BinaryPrimitives.ReadUInt128BigEndian(wide);
        var free = (8 * bytes.Length) - network.PrefixLength;
        return (first, free == 128 ? UInt128.MaxValue : first + ((UInt128.One << free) - 1));
    }

    private static IPAddress Address(UInt128 number, AddressFamily family)
    {
        Span<byte> wide = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(wide, number);
        return new IPAddress(family == AddressFamily.InterNetwork ? wide[12..] : wide);
    }
}

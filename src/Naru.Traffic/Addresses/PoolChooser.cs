using System.Net;
using System.Security.Cryptography;
using System.Text;
using Naru.Core.Errors;

namespace Naru.Traffic.Addresses;

/// <summary>Finds subnets for networks that ask for none: Docker's default pools, in order, skipping what this host uses already.</summary>
internal sealed class PoolChooser
{
    private readonly List<(Subnet Base, int Size)> _v4;
    private readonly Subnet _v6;

    internal PoolChooser(IReadOnlyList<AddressPoolOption> pools, string instanceId)
    {
        _v4 = [.. pools.Select(static pool => Subnet.TryParse(pool.Base, out var subnet) && pool.Size >= subnet.PrefixLength && pool.Size <= 30
            ? (subnet, pool.Size)
            : throw NaruException.Invalid($"default address pool {pool.Base} with size {pool.Size} is not valid"))];

        // RFC 4193: fd, then forty bits that are ours, then sixteen for the network.
        Span<byte> bytes = stackalloc byte[16];
        SHA256.HashData(Encoding.UTF8.GetBytes(instanceId)).AsSpan(0, 6).CopyTo(bytes);
        bytes[0] = 0xfd;
        _v6 = Subnet.Of(new IPAddress(bytes), 48);
    }

    /// <summary>A subnet that overlaps nothing in <paramref name="used"/>; <see cref="ErrorKind.ResourceExhausted"/> when all are taken.</summary>
    internal Subnet Choose(bool isV6, IReadOnlyList<Subnet> used)
    {
        foreach (var candidate in isV6 ? CandidatesV6() : CandidatesV4())
        {
            if (!used.Any(candidate.Overlaps))
            {
                return candidate;
            }
        }

        throw new NaruException(ErrorKind.ResourceExhausted, $"all predefined address pools have been fully subnetted: could not find an available, non-overlapping IPv{(isV6 ? 6 : 4)} address pool among the defaults to assign to the network");
    }

    private IEnumerable<Subnet> CandidatesV4()
    {
        foreach (var (subnet, size) in _v4)
        {
            for (UInt128 index = 0; index < (UInt128.One << (size - subnet.PrefixLength)); index++)
            {
                yield return subnet.Part(size, index);
            }
        }
    }

    private IEnumerable<Subnet> CandidatesV6()
    {
        for (UInt128 index = 0; index < 65536; index++)
        {
            yield return _v6.Part(64, index);
        }
    }
}

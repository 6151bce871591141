using System.Net;
using Naru.Core.Errors;

namespace Naru.Traffic.Addresses;

/// <summary>
/// Gives out the addresses of one subnet: the lowest free one of the range, or a named one. The network's own address, the
/// IPv4 broadcast address, the gateway and the auxiliary addresses are never given out. Not safe for several threads.
/// </summary>
internal sealed class AddressPool
{
    private readonly HashSet<UInt128> _used = [];
    private readonly Subnet _range;
    private UInt128 _lowestCandidate;

    internal AddressPool(Subnet subnet, Subnet? range, IPAddress? gateway, IEnumerable<IPAddress> auxiliary)
    {
        Subnet = subnet;
        Gateway = gateway;
        _range = range ?? subnet;
        _lowestCandidate = _range.First;
        var whole = subnet.PrefixLength >= (subnet.IsV6 ? 127 : 31);
        if (!whole)
        {
            _used.Add(subnet.First);
            if (!subnet.IsV6)
            {
                _used.Add(subnet.Last);
            }
        }

        if (gateway is not null)
        {
            _used.Add(Subnet.ToNumber(gateway));
        }

        foreach (var address in auxiliary)
        {
            _used.Add(Subnet.ToNumber(address));
        }
    }

    internal Subnet Subnet { get; }

    /// <summary>The way out; null when the network has none.</summary>
    internal IPAddress? Gateway { get; }

    /// <summary>The lowest free address of the range; <see cref="ErrorKind.ResourceExhausted"/> when there is none.</summary>
    internal IPAddress Take()
    {
        for (var number = _lowestCandidate; number <= _range.Last; number++)
        {
            if (_used.Add(number))
            {
                _lowestCandidate = number + 1;
                return Subnet.At(number);
            }
        }

        throw new NaruException(ErrorKind.ResourceExhausted, $"no available IPv{(Subnet.IsV6 ? 6 : 4)} addresses on this network's address pools: {Subnet}");
    }

    /// <summary>Takes a named address; <see cref="ErrorKind.PermissionDenied"/> when it is in use.</summary>
    internal void Take(IPAddress address)
    {
        if (!Subnet.Contains(address))
        {
            throw NaruException.Invalid($"no configured subnet contains IP address {address}");
        }

        if (!_used.Add(Subnet.ToNumber(address)))
        {
            throw new NaruException(ErrorKind.PermissionDenied, "Address already in use");
        }
    }

    /// <summary>Gives an address back.</summary>
    internal void Release(IPAddress address)
    {
        var number = Subnet.ToNumber(address);
        if (_used.Remove(number) && _range.Contains(number) && number < _lowestCandidate)
        {
            _lowestCandidate = number;
        }
    }
}

using System.Net;
using System.Numerics;

namespace Naru.Controllers.Nodes;

/// <summary>Gives nodes their parts of a range of addresses, the lowest free one first. Pure; one user at a time.</summary>
internal sealed class RangeAllocator
{
    private readonly BigInteger _first, _step;
    private readonly int _width, _prefix;
    private readonly long _count;
    private readonly HashSet<long> _used = [];
    private long _next;

    /// <summary>Parts of a range.</summary>
    /// <param name="range">The whole range.</param>
    /// <param name="prefix">Length of the parts' prefix; the range's own where that is longer.</param>
    public RangeAllocator(IPNetwork range, int prefix)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        _width = bytes.Length;
        _prefix = Math.Clamp(prefix, range.PrefixLength, _width * 8);
        _first = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        _step = BigInteger.One << ((_width * 8) - _prefix);
        _count = 1L << Math.Min(_prefix - range.PrefixLength, 30);
    }

    /// <summary>Notes a part that somebody has; parts of other ranges do not matter.</summary>
    public void Take(string part)
    {
        if (!IPNetwork.TryParse(part, out var network) || network.BaseAddress.GetAddressBytes() is not { } bytes || bytes.Length != _width)
        {
            return;
        }

        // A part may be larger than those given out here, after the size was changed.
        var start = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) - _first;
        var last = start + (BigInteger.One << ((_width * 8) - network.PrefixLength)) - 1;
        if (last < 0 || start >= _step * _count)
        {
            return;
        }

        for (var index = (long)BigInteger.Max(0, start / _step); index <= (long)BigInteger.Min(_count - 1, last / _step); index++)
        {
            _used.Add(index);
        }
    }

    /// <summary>A free part; null if there is none.</summary>
    public string? Give()
    {
        while (_next < _count && _used.Contains(_next))
        {
            _next++;
        }

        if (_next >= _count)
        {
            return null;
        }

        _used.Add(_next);
        var bytes = new byte[_width];
        var address = (_first + (_step * _next)).ToByteArray(isUnsigned: true, isBigEndian: true);
        address.CopyTo(bytes, _width - address.Length);
        return $"{new IPAddress(bytes)}/{_prefix}";
    }
}

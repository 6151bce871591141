using System.Buffers.Text;

namespace Naru.Containers.Logs;

/// <summary>Reads the times of records. Most differ from the one before in their fraction only, so the second is kept.</summary>
internal sealed class LogClock
{
    private const int SecondLength = 19; // 2026-11-23T07:46:30
    private readonly byte[] _second = new byte[SecondLength];
    private readonly byte[] _zone = new byte[6];
    private int _zoneLength = -1;
    private long _base;

    /// <summary>The last time read, nanoseconds since 1970.</summary>
    internal long Last { get; private set; }

    /// <summary>Reads a time; one that is none leaves the last one as it is.</summary>
    internal long Read(ReadOnlySpan<byte> text)
    {
        if (text.Length <= SecondLength || text[SecondLength] != '.')
        {
            return Last;
        }

        var fraction = text[(SecondLength + 1)..];
        var digits = fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? fraction.Length : digits;
        if (!TryMoveTo(text[..SecondLength], fraction[digits..]) || digits is 0 or > 9)
        {
            return Last;
        }

        var nanoseconds = 0L;
        for (var index = 0; index < 9; index++)
        {
            nanoseconds = (nanoseconds * 10) + (index < digits ? fraction[index] - '0' : 0);
        }

        return Last = _base + nanoseconds;
    }

    private bool TryMoveTo(ReadOnlySpan<byte> second, ReadOnlySpan<byte> zone)
    {
        if (zone.Length == _zoneLength && second.SequenceEqual(_second) && zone.SequenceEqual(_zone.AsSpan(0, _zoneLength)))
        {
            return true;
        }

        if (!Utf8Parser.TryParse(second[..4], out int year, out _) || !TwoDigits(second, 5, out var month) || !TwoDigits(second, 8, out var day)
            || !TwoDigits(second, 11, out var hour) || !TwoDigits(second, 14, out var minute) || !TwoDigits(second, 17, out var seconds)
            || year is < 1970 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || !TryParseZone(zone, out var offset))
        {
            return false;
        }

        var days = (new DateTime(year, month, day) - DateTime.UnixEpoch).Days;
        _base = (((((days * 24L) + hour) * 60 + minute) * 60) + seconds - offset) * 1_000_000_000L;
        second.CopyTo(_second);
        zone.CopyTo(_zone);
        _zoneLength = zone.Length;
        return true;
    }

    private static bool TryParseZone(ReadOnlySpan<byte> zone, out int seconds)
    {
        seconds = 0;
        if (zone is [(byte)'Z'])
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || !TwoDigits(zone, 1, out var hours) || !TwoDigits(zone, 4, out var minutes))
        {
            return false;
        }

        seconds = ((hours * 60) + minutes) * (zone[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = (text[at] - '0', text[at + 1] - '0');
        value = (tens * 10) + ones;
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
    }
}

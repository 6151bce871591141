using System.Globalization;

namespace Naru.Core.Units;

/// <summary>A number of bytes.</summary>
/// <param name="Bytes">The number itself; negative only where a field's text says what that means.</param>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    /// <summary>No bytes.</summary>
    public static ByteSize Zero => default;

    /// <summary>1024 bytes each.</summary>
    public static ByteSize FromKibibytes(long count) => new(checked(count << 10));

    /// <summary>1024 × 1024 bytes each.</summary>
    public static ByteSize FromMebibytes(long count) => new(checked(count << 20));

    /// <summary>1024³ bytes each.</summary>
    public static ByteSize FromGibibytes(long count) => new(checked(count << 30));

    /// <summary>Reads <c>512</c>, <c>64k</c>, <c>64kb</c>, <c>1.5GiB</c>: binary multiples, as Docker's command line does.</summary>
    /// <returns>False when the text is no size.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        var trimmed = text?.Trim().ToLowerInvariant() ?? "";
        if (trimmed.EndsWith("ib", StringComparison.Ordinal))
        {
            trimmed = trimmed[..^2];
        }
        else if (trimmed.EndsWith('b'))
        {
            trimmed = trimmed[..^1];
        }

        var shift = trimmed.Length == 0 ? -1 : "kmgtp".IndexOf(trimmed[^1], StringComparison.Ordinal);
        var digits = shift >= 0 ? trimmed[..^1].TrimEnd() : trimmed;
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var bytes = number * (1L << (10 * (shift + 1)));
        if (bytes > long.MaxValue)
        {
            return false;
        }

        size = new ByteSize((long)bytes);
        return true;
    }

    /// <summary>Orders by number of bytes.</summary>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>Adds two sizes; overflow throws.</summary>
    public static ByteSize operator +(ByteSize left, ByteSize right) => new(checked(left.Bytes + right.Bytes));

    /// <summary>Subtracts; overflow throws.</summary>
    public static ByteSize operator -(ByteSize left, ByteSize right) => new(checked(left.Bytes - right.Bytes));

    /// <summary>Orders by number of bytes.</summary>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <summary>Orders by number of bytes.</summary>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <summary>Orders by number of bytes.</summary>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <summary>Orders by number of bytes.</summary>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;

    /// <summary>For people: <c>1.5 GiB</c>.</summary>
    public override string ToString()
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double value = Bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {units[unit]}");
    }
}

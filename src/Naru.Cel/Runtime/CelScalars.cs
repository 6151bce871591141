using System.Globalization;

namespace Naru.Cel.Runtime;

/// <summary><c>null</c>.</summary>
public sealed class CelNull
{
    /// <summary>The one.</summary>
    public static readonly CelNull Instance = new();

    private CelNull()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "null";
}

/// <summary>A failed evaluation: a value like others, so that <c>||</c> and <c>&amp;&amp;</c> may do without it.</summary>
public sealed class CelError(string message)
{
    /// <summary>No function takes these values.</summary>
    public static readonly CelError NoOverload = new("no such overload");

    /// <summary>A whole number is out of range.</summary>
    public static readonly CelError IntOverflow = new("integer overflow");

    /// <summary>A whole number without sign is out of range.</summary>
    public static readonly CelError UintOverflow = new("unsigned integer overflow");

    /// <summary>What went wrong.</summary>
    public string Message { get; } = message;

    /// <summary>A map has no such key.</summary>
    public static CelError NoSuchKey(object key) => new($"no such key: {CelText.Of(key)}");

    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>Bytes.</summary>
public sealed class CelBytes(byte[] content) : IEquatable<CelBytes>
{
    /// <summary>The bytes; not to be changed.</summary>
    public byte[] Content { get; } = content;

    /// <inheritdoc/>
    public bool Equals(CelBytes? other) => other is not null && Content.AsSpan().SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CelBytes);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Content);
        return hash.ToHashCode();
    }
}

/// <summary>A value that may be missing.</summary>
public sealed class CelOptional(object? value)
{
    /// <summary>Nothing.</summary>
    public static readonly CelOptional None = new(null);

    /// <summary>The value; null if there is none.</summary>
    public object? Value { get; } = value;
}

/// <summary>A span of time.</summary>
public readonly record struct CelDuration(long Nanoseconds)
{
    /// <summary>Order.</summary>
    public int CompareTo(CelDuration other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString()
    {
        // Seconds with as many decimals as needed.
        var whole = Nanoseconds / 1_000_000_000;
        var rest = Math.Abs(Nanoseconds % 1_000_000_000);
        var sign = Nanoseconds < 0 && whole == 0 ? "-" : "";
        return rest == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{whole}s")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{rest.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}s");
    }
}

/// <summary>A point in time: seconds since 1970 and nanoseconds after them.</summary>
public readonly record struct CelTimestamp(long Seconds, int Nanoseconds)
{
    private const long First = -62_135_596_800;
    private const long Last = 253_402_300_799;

    /// <summary>Whether it lies in the years 1 to 9999.</summary>
    public bool InRange => Seconds is >= First and <= Last;

    /// <summary>As the platform has it; what is below 100 ns is cut off.</summary>
    public DateTimeOffset ToTime() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds).AddTicks(Nanoseconds / 100);

    /// <summary>Order.</summary>
    public int CompareTo(CelTimestamp other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = DateTimeOffset.UnixEpoch.AddSeconds(Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return Nanoseconds == 0 ? text + "Z" : $"{text}.{Nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }
}

using System.Diagnostics.CodeAnalysis;
using Naru.Core.Errors;

namespace Naru.Objects.Quantities;

/// <summary>An amount of a resource, exact to a billionth: <c>100m</c>, <c>1.5Gi</c>, <c>12e6</c>. Equal amounts are equal however they are written.</summary>
/// <remarks>What is smaller than a billionth is rounded away from zero. Amounts beyond about 10^29 are cut there; Kubernetes itself promises no more than 2^63-1.</remarks>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private const long NanosPerUnit = 1_000_000_000;

    private readonly Int128 _nanos;

    internal Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = nanos;
        Format = format;
    }

    /// <summary>Nothing.</summary>
    public static Quantity Zero => default;

    /// <summary>How it was written, and is written again.</summary>
    public QuantityFormat Format { get; }

    /// <summary>Whole units, rounded up (away from zero); the ends of the range where it does not fit.</summary>
    public long Value => Scaled(NanosPerUnit);

    /// <summary>Thousandths, rounded up (away from zero); the ends of the range where it does not fit.</summary>
    public long MilliValue => Scaled(NanosPerUnit / 1000);

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    /// <summary>Whether it is zero.</summary>
    public bool IsZero => _nanos == 0;

    /// <summary>The nearest floating-point number.</summary>
    public double AsDouble => (double)_nanos / NanosPerUnit;

    internal Int128 Nanos => _nanos;

    /// <summary>So many units.</summary>
    public static Quantity FromUnits(long units, QuantityFormat format = QuantityFormat.DecimalSI) => new((Int128)units * NanosPerUnit, format);

    /// <summary>So many thousandths.</summary>
    public static Quantity FromMilli(long thousandths, QuantityFormat format = QuantityFormat.DecimalSI) => new((Int128)thousandths * (NanosPerUnit / 1000), format);

    /// <summary>Reads a quantity.</summary>
    /// <exception cref="NaruException">InvalidArgument, in Kubernetes' words.</exception>
    public static Quantity Parse(string text) =>
        QuantityText.Read(text, out var quantity) is { } broken ? throw NaruException.Invalid(broken) : quantity;

    /// <summary>Reads a quantity; false if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity quantity)
    {
        quantity = default;
        return text is not null && QuantityText.Read(text, out quantity) is null;
    }

    /// <summary>The canonical form of a quantity's text; null if it is none.</summary>
    public static string? Canonical(string text) => TryParse(text, out var quantity) ? quantity.ToString() : null;

    /// <summary>Sum. The form is that of the left side unless that is zero.</summary>
    public static Quantity operator +(Quantity left, Quantity right) => new(Cut(left._nanos, right._nanos), left.IsZero ? right.Format : left.Format);

    /// <summary>Difference. The form is that of the left side unless that is zero.</summary>
    public static Quantity operator -(Quantity left, Quantity right) => left + -right;

    /// <summary>The opposite.</summary>
    public static Quantity operator -(Quantity one) => new(-one._nanos, one.Format);

    /// <summary>Product with a whole number.</summary>
    public static Quantity operator *(Quantity one, long factor) => new(QuantityText.Multiply(one._nanos, factor), one.Format);

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    /// <summary>Same amount.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left._nanos == right._nanos;

    /// <summary>Another amount.</summary>
    public static bool operator !=(Quantity left, Quantity right) => left._nanos != right._nanos;

    /// <summary>The larger one.</summary>
    public static Quantity Max(Quantity left, Quantity right) => left >= right ? left : right;

    /// <summary>The smaller one.</summary>
    public static Quantity Min(Quantity left, Quantity right) => left <= right ? left : right;

    /// <inheritdoc/>
    public bool Equals(Quantity other) => _nanos == other._nanos;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>By amount.</summary>
    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <summary>The canonical text: the largest suffix that needs no fraction.</summary>
    public override string ToString() => QuantityText.Write(_nanos, Format);

    private static Int128 Cut(Int128 left, Int128 right)
    {
        var sum = unchecked(left + right);
        var overflowed = Int128.IsNegative(left) == Int128.IsNegative(right) && Int128.IsNegative(sum) != Int128.IsNegative(left);
        return overflowed ? Int128.IsNegative(left) ? Int128.MinValue + 1 : Int128.MaxValue : sum;
    }

    private long Scaled(long unit)
    {
        var (whole, rest) = Int128.DivRem(_nanos, unit);
        whole += rest == 0 ? 0 : Int128.Sign(rest);
        return whole > long.MaxValue ? long.MaxValue : whole < long.MinValue ? long.MinValue : (long)whole;
    }
}

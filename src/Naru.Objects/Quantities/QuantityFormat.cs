namespace Naru.Objects.Quantities;

/// <summary>How a quantity is written.</summary>
public enum QuantityFormat
{
    /// <summary><c>100m</c>, <c>2k</c>, <c>3G</c>.</summary>
    DecimalSI,

    /// <summary><c>64Mi</c>.</summary>
    BinarySI,

    /// <summary><c>12e6</c>.</summary>
    DecimalExponent,
}

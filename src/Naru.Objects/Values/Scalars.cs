using System.Globalization;

namespace Naru.Objects.Values;

/// <summary>Text.</summary>
public sealed class TextValue(string text) : Value
{
    /// <summary>The characters.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override Value Clone() => this;

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other) => other is TextValue value && value.Text == Text;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A whole number of 64 bits.</summary>
public sealed class IntegerValue(long number) : Value
{
    private static readonly IntegerValue[] Small = [.. Enumerable.Range(-1, 258).Select(static number => new IntegerValue(number))];

    /// <summary>The number.</summary>
    public long Number { get; } = number;

    /// <summary>A value of the number; small ones are shared.</summary>
    public static IntegerValue Of(long number) => number is >= -1 and <= 256 ? Small[number + 1] : new(number);

    /// <inheritdoc/>
    public override Value Clone() => this;

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other) => other switch
    {
        IntegerValue value => value.Number == Number,
        DoubleValue value => value.Number == Number,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A number that is not whole, or beyond 64 bits.</summary>
public sealed class DoubleValue(double number) : Value
{
    /// <summary>The number.</summary>
    public double Number { get; } = number;

    /// <inheritdoc/>
    public override Value Clone() => this;

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other) => other switch
    {
        DoubleValue value => value.Number.Equals(Number),
        IntegerValue value => value.Number == Number,
        _ => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>True or false.</summary>
public sealed class BooleanValue : Value
{
    /// <summary>The one true value.</summary>
    public static readonly BooleanValue True = new(true);

    /// <summary>The one false value.</summary>
    public static readonly BooleanValue False = new(false);

    private BooleanValue(bool truth) => Truth = truth;

    /// <summary>Which of the two.</summary>
    public bool Truth { get; }

    /// <inheritdoc/>
    public override Value Clone() => this;

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override string ToString() => Truth ? "true" : "false";
}

/// <summary>JSON's null, where it is written out.</summary>
public sealed class NullValue : Value
{
    /// <summary>The one null value.</summary>
    public static readonly NullValue Instance = new();

    private NullValue()
    {
    }

    /// <inheritdoc/>
    public override Value Clone() => this;

    /// <inheritdoc/>
    public override bool DeepEquals(Value? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override string ToString() => "null";
}

using System.Text.RegularExpressions;
using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>What a schema asks of a value beyond its type.</summary>
internal sealed record ValueLimits
{
    public static readonly ValueLimits None = new();

    public string? Format { get; init; }

    public string? PatternText { get; init; }

    public Regex? Pattern { get; init; }

    public long? MinLength { get; init; }

    public long? MaxLength { get; init; }

    public long? MinItems { get; init; }

    public long? MaxItems { get; init; }

    public long? MinProperties { get; init; }

    public long? MaxProperties { get; init; }

    public Value? Minimum { get; init; }

    public Value? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public Value? MultipleOf { get; init; }

    public ListValue? Enum { get; init; }

    public StructuralSchema[] AllOf { get; init; } = [];

    public StructuralSchema[] AnyOf { get; init; } = [];

    public StructuralSchema[] OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }
}

using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Errors;
using Naru.Objects.Names;

namespace Naru.Objects.Selectors;

/// <summary>How a requirement looks at a label.</summary>
public enum LabelOperator
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>The label is missing or has none of the values.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is missing.</summary>
    DoesNotExist,

    /// <summary>The label is a whole number above the value.</summary>
    GreaterThan,

    /// <summary>The label is a whole number below the value.</summary>
    LessThan,
}

/// <summary>One term of a label selector.</summary>
public sealed class LabelRequirement
{
    private readonly long _bound;

    /// <summary>A checked term.</summary>
    /// <exception cref="NaruException">InvalidArgument: the key, a value or their number does not fit.</exception>
    public LabelRequirement(string key, LabelOperator @operator, ImmutableArray<string> values)
    {
        Key = key;
        Operator = @operator;
        Values = values;
        Fail("key", key, NameRules.QualifiedName(key));
        switch (@operator)
        {
            case LabelOperator.In or LabelOperator.NotIn when values.IsEmpty:
                throw NaruException.Invalid("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
            case LabelOperator.Exists or LabelOperator.DoesNotExist when !values.IsEmpty:
                throw NaruException.Invalid($"values: Invalid value: [{Quoted(values)}]: values set must be empty for exists and does not exist");
            case LabelOperator.GreaterThan or LabelOperator.LessThan:
                _bound = Bound(values);
                break;
        }

        foreach (var value in values)
        {
            Fail($"values[{values.IndexOf(value)}][{key}]", value, NameRules.LabelValue(value));
        }
    }

    /// <summary>The label's key.</summary>
    public string Key { get; }

    /// <summary>How to look at it.</summary>
    public LabelOperator Operator { get; }

    /// <summary>What to compare it with.</summary>
    public ImmutableArray<string> Values { get; }

    /// <summary>Whether a label of this value (null: no such label) satisfies the term.</summary>
    public bool Matches(string? value) => Operator switch
    {
        LabelOperator.In => value is not null && Values.Contains(value),
        LabelOperator.NotIn => value is null || !Values.Contains(value),
        LabelOperator.Exists => value is not null,
        LabelOperator.DoesNotExist => value is null,
        LabelOperator.GreaterThan => Number(value) is { } number && number > _bound,
        _ => Number(value) is { } number && number < _bound,
    };

    /// <inheritdoc/>
    public override string ToString() => Operator switch
    {
        LabelOperator.In when Values.Length == 1 => $"{Key}={Values[0]}",
        LabelOperator.In => $"{Key} in ({string.Join(',', Values.Order(StringComparer.Ordinal))})",
        LabelOperator.NotIn when Values.Length == 1 => $"{Key}!={Values[0]}",
        LabelOperator.NotIn => $"{Key} notin ({string.Join(',', Values.Order(StringComparer.Ordinal))})",
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => $"!{Key}",
        LabelOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    private static long Bound(ImmutableArray<string> values)
    {
        if (values.Length != 1)
        {
            throw NaruException.Invalid($"values: Invalid value: [{Quoted(values)}]: for 'Gt', 'Lt' operators, exactly one value is required");
        }

        return Number(values[0]) ?? throw NaruException.Invalid($"values[0]: Invalid value: \"{values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    private static long? Number(string? value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Quoted(ImmutableArray<string> values) => string.Join(",", values.Select(static value => $"\"{value}\""));

    private static void Fail(string field, string value, ImmutableArray<string> broken)
    {
        if (!broken.IsEmpty)
        {
            throw NaruException.Invalid($"{field}: Invalid value: \"{value}\": {string.Join("; ", broken)}");
        }
    }
}

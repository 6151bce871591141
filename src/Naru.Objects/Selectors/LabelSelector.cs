using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Objects.Selectors;

/// <summary>Chooses objects by their labels: all of its terms must hold. Immutable.</summary>
public sealed class LabelSelector
{
    /// <summary>Matches everything.</summary>
    public static readonly LabelSelector Everything = new([]);

    /// <summary>Matches nothing.</summary>
    public static readonly LabelSelector Nothing = new([]) { IsNothing = true };

    private LabelSelector(ImmutableArray<LabelRequirement> requirements) => Requirements = requirements;

    /// <summary>The terms.</summary>
    public ImmutableArray<LabelRequirement> Requirements { get; }

    /// <summary>It matches everything.</summary>
    public bool IsEverything => Requirements.IsEmpty && !IsNothing;

    /// <summary>It matches nothing.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>A selector of these terms.</summary>
    public static LabelSelector Of(ImmutableArray<LabelRequirement> requirements) => requirements.IsEmpty ? Everything : new(requirements);

    /// <summary>Reads <c>app=web,tier in (a,b),!old,size>3</c>; empty text matches everything.</summary>
    /// <exception cref="NaruException">InvalidArgument, in Kubernetes' words.</exception>
    public static LabelSelector Parse(string text) => string.IsNullOrEmpty(text) ? Everything : Of(new LabelSelectorParser(text).Parse());

    /// <summary>Reads a body's selector: a map with matchLabels and matchExpressions. Null matches nothing, an empty map everything.</summary>
    /// <exception cref="NaruException">InvalidArgument: an operator, key or value does not fit.</exception>
    public static LabelSelector FromBody(MapValue? body)
    {
        if (body is null)
        {
            return Nothing;
        }

        var terms = ImmutableArray.CreateBuilder<LabelRequirement>();
        foreach (var (key, value) in body.Map("matchLabels") ?? [])
        {
            terms.Add(new(key, LabelOperator.In, [(value as TextValue)?.Text ?? ""]));
        }

        foreach (var expression in body.Maps("matchExpressions"))
        {
            terms.Add(new(expression.Text("key") ?? "", OperatorOf(expression.Text("operator")), [.. expression.List("values")?.Texts() ?? []]));
        }

        return Of(terms.ToImmutable());
    }

    /// <summary>Reads a plain map of labels, such as a service's selector. Null and empty match nothing here when <paramref name="emptyMatchesNothing"/> is set.</summary>
    public static LabelSelector FromLabels(MapValue? labels, bool emptyMatchesNothing = true)
    {
        if (labels is null || labels.Count == 0)
        {
            return emptyMatchesNothing ? Nothing : Everything;
        }

        return Of([.. labels.Select(static label => new LabelRequirement(label.Key, LabelOperator.In, [(label.Value as TextValue)?.Text ?? ""]))]);
    }

    /// <summary>Whether labels satisfy all terms. Null is no labels.</summary>
    public bool Matches(MapValue? labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches((labels?[requirement.Key] as TextValue)?.Text))
            {
                return false;
            }
        }

        return !IsNothing;
    }

    /// <summary>Whether labels satisfy all terms.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels is not null && labels.TryGetValue(requirement.Key, out var value) ? value : null))
            {
                return false;
            }
        }

        return !IsNothing;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Requirements);

    private static LabelOperator OperatorOf(string? text) =>
        FindOperator(text) ?? throw NaruException.Invalid($"\"{text}\" is not a valid label selector operator");

    /// <summary>The operator of a word of objects (<c>NotIn</c>); null if there is none.</summary>
    internal static LabelOperator? FindOperator(string? text) => text switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        "Gt" => LabelOperator.GreaterThan,
        "Lt" => LabelOperator.LessThan,
        _ => null,
    };
}

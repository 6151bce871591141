using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>Requirements on labels that must all hold: a label selector or a term of a node selector.</summary>
internal sealed class LabelRules
{
    public static readonly LabelRules Everything = new([]);

    private readonly LabelRule[] _rules;

    public LabelRules(IEnumerable<LabelRule> rules)
    {
        _rules = [.. rules];
        Text = string.Join(';', _rules.Select(static rule => rule.Text).Order(StringComparer.Ordinal));
    }

    /// <summary>Equal for equal rules.</summary>
    public string Text { get; }

    public IReadOnlyList<LabelRule> Rules => _rules;

    public bool IsEverything => _rules.Length == 0;

    /// <summary>Reads <c>matchLabels</c> and <c>matchExpressions</c>. No selector at all matches nothing: null.</summary>
    public static LabelRules? Read(MapValue? selector) => selector is null ? null : new(Labels(selector.Map("matchLabels")).Concat(Expressions(selector, "matchExpressions")));

    /// <summary>Reads <c>{key: value}</c>.</summary>
    public static LabelRules ReadLabels(MapValue? labels) => new(Labels(labels));

    /// <summary>Reads a list of expressions.</summary>
    public static IEnumerable<LabelRule> Expressions(MapValue owner, string field) =>
        owner.Maps(field).Select(static rule => new LabelRule(rule.Text("key") ?? "", rule.Text("operator") ?? "", [.. rule.List("values")?.Texts() ?? []]));

    public bool Match(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var rule in _rules)
        {
            if (!rule.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    public LabelRules And(IEnumerable<LabelRule> more) => new(_rules.Concat(more));

    private static IEnumerable<LabelRule> Labels(MapValue? labels) =>
        labels is null ? [] : labels.Where(static label => label.Value is TextValue).Select(static label => new LabelRule(label.Key, "In", [((TextValue)label.Value).Text]));
}

/// <summary>One requirement on labels.</summary>
internal sealed class LabelRule(string key, string @operator, string[] values)
{
    public string Text { get; } = $"{key}\u0001{@operator}\u0001{string.Join('\u0002', values.Order(StringComparer.Ordinal))}";

    public string Key { get; } = key;

    public string Operator { get; } = @operator;

    public string[] Values { get; } = values;

    public bool Matches(IReadOnlyDictionary<string, string> labels) => labels.TryGetValue(Key, out var value) ? MatchesValue(value) : Operator is "DoesNotExist" or "NotIn";

    private bool MatchesValue(string value) => Operator switch
    {
        "In" => Array.IndexOf(Values, value) >= 0,
        "NotIn" => Array.IndexOf(Values, value) < 0,
        "Exists" => true,
        "Gt" => Compare(value) is > 0,
        "Lt" => Compare(value) is < 0,
        _ => false,
    };

    private int? Compare(string value) =>
        Values.Length == 1 && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound)
            ? number.CompareTo(bound)
            : null;
}

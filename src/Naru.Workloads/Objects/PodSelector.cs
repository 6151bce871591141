using Naru.Objects.Values;

namespace Naru.Workloads.Objects;

/// <summary>The label selector of a workload, read from its spec.</summary>
public sealed class PodSelector
{
    private readonly List<(string Key, string Operator, HashSet<string> Values)> _rules = [];

    private PodSelector()
    {
    }

    /// <summary>It has no rule: it matches everything.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>From <c>{matchLabels, matchExpressions}</c>; matches nothing if there is none.</summary>
    public static PodSelector Read(MapValue? body)
    {
        var selector = new PodSelector();
        if (body is null)
        {
            selector._rules.Add(("", "In", []));
            return selector;
        }

        selector.AddLabels(body.Map("matchLabels"));
        foreach (var rule in body.Maps("matchExpressions"))
        {
            selector._rules.Add((rule.Text("key") ?? "", rule.Text("operator") ?? "", [.. rule.List("values")?.Texts() ?? []]));
        }

        return selector;
    }

    /// <summary>From a plain map of labels.</summary>
    public static PodSelector ReadLabels(MapValue? labels)
    {
        var selector = new PodSelector();
        selector.AddLabels(labels);
        return selector;
    }

    /// <summary>Whether labels fit all rules.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, rule, values) in _rules)
        {
            var value = labels.GetValueOrDefault(key);
            var holds = rule switch
            {
                "In" => value is not null && values.Contains(value),
                "NotIn" => value is null || !values.Contains(value),
                "Exists" => value is not null,
                "DoesNotExist" => value is null,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    private void AddLabels(MapValue? labels)
    {
        foreach (var (key, value) in labels ?? [])
        {
            _rules.Add((key, "In", [value.ToString() ?? ""]));
        }
    }
}

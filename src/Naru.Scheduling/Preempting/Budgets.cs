using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Preempting;

/// <summary>Disruption budgets: how many of their pods may go now.</summary>
internal sealed class Budgets
{
    private readonly Dictionary<(string Namespace, string Name), (LabelRules? Rules, long Allowed)> _budgets = [];

    public void Set(string space, string name, MapValue? budget)
    {
        if (budget is null)
        {
            _budgets.Remove((space, name));
        }
        else
        {
            _budgets[(space, name)] = (LabelRules.Read(budget.Map("spec", "selector")), budget.Integer("status", "disruptionsAllowed") ?? 0);
        }
    }

    /// <summary>Parts pods into those whose end would break a budget and the others, the most important and oldest of each first.</summary>
    public (List<PodEntry> Broken, List<PodEntry> Kept) Split(IEnumerable<PodEntry> pods)
    {
        List<PodEntry> broken = [], kept = [];
        var left = _budgets.ToDictionary(static budget => budget.Key, static budget => budget.Value.Allowed);
        foreach (var pod in pods.OrderByDescending(static pod => pod.Facts.Priority).ThenBy(static pod => pod.Facts.Created, StringComparer.Ordinal))
        {
            var breaks = false;
            foreach (var (key, (rules, _)) in _budgets)
            {
                if (key.Namespace == pod.Facts.Namespace && rules is not null && rules.Match(pod.Facts.Class.Labels))
                {
                    breaks |= --left[key] < 0;
                }
            }

            (breaks ? broken : kept).Add(pod);
        }

        return (broken, kept);
    }
}

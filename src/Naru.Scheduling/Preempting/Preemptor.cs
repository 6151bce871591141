using Naru.Scheduling.Facts;
using Naru.Scheduling.Placing;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Preempting;

/// <summary>Finds the pods of lower priority whose end makes room for a pod that no node takes: on one node, as few and as unimportant as possible, keeping
/// disruption budgets where that can be. Tries on the cluster's state itself and leaves it as it was.</summary>
internal sealed class Preemptor(ClusterState cluster, Placer placer, Budgets budgets)
{
    private const int EnoughCandidates = 100;

    public Preemption Find(PodFacts pod, Failure failure)
    {
        if (pod.NeverPreempts)
        {
            return new(null, [], "not eligible due to preemptionPolicy=Never.");
        }

        if (pod.Nominated.Length > 0 && cluster.FindNode(pod.Nominated) is { } nominated && nominated.Pods.Exists(other => other.Facts.Deleting && other.Facts.Priority < pod.Priority))
        {
            return new(null, [], "not eligible due to a terminating pod on the nominated node.");
        }

        Candidate? best = null;
        var hopeless = failure.Whole is not null ? failure.Nodes : failure.Refusals.Where(static one => one.Key.Final).Sum(static one => one.Value.Count);
        if (cluster.LowestPriority < pod.Priority && failure.Whole is null)
        {
            best = failure.Refusals.Where(static one => !one.Key.Final).SelectMany(static one => one.Value)
                .Select(node => Try(pod, node)).OfType<Candidate>().Take(Math.Max(EnoughCandidates, cluster.LiveNodes / 10)).Min();
        }

        return best is null ? new(null, [], Hopeless(failure.Nodes, hopeless)) : new(best.Node, best.Victims, "");
    }

    private static string Hopeless(int nodes, int hopeless)
    {
        List<string> reasons = [];
        if (hopeless > 0)
        {
            reasons.Add($"{hopeless} Preemption is not helpful for scheduling");
        }

        if (nodes > hopeless)
        {
            reasons.Add($"{nodes - hopeless} No preemption victims found for incoming pod");
        }

        return $"0/{nodes} nodes are available: {string.Join(", ", reasons.Order(StringComparer.Ordinal))}.";
    }

    // All of lower priority are taken off; those that the pod can do with are put back, those that a budget protects and the important first.
    private Candidate? Try(PodFacts pod, NodeEntry node)
    {
        var lower = node.Pods.Where(other => other.Facts.Priority < pod.Priority).ToList();
        if (lower.Count == 0)
        {
            return null;
        }

        var assumed = lower.Where(static other => other.Assumed).ToHashSet();
        lower.ForEach(cluster.Unplace);
        List<PodEntry> victims = [];
        try
        {
            if (placer.Judge(pod, node) is not null)
            {
                return null;
            }

            var (broken, kept) = budgets.Split(lower);
            foreach (var other in broken.Concat(kept))
            {
                cluster.Place(other, node);
                if (placer.Judge(pod, node) is not null)
                {
                    cluster.Unplace(other);
                    victims.Add(other);
                }
            }

            return victims.Count == 0 ? null : new(node, victims, victims.Count(broken.Contains));
        }
        finally
        {
            foreach (var other in lower.Where(static other => other.Node is null))
            {
                cluster.Place(other, node);
            }

            lower.ForEach(other => other.Assumed = assumed.Contains(other));
        }
    }
}

/// <summary>What preemption came to.</summary>
/// <param name="Node">The node that is cleared; null for none.</param>
/// <param name="Victims">The pods that go.</param>
/// <param name="Message">Why none is cleared.</param>
internal sealed record Preemption(NodeEntry? Node, IReadOnlyList<PodEntry> Victims, string Message);

/// <summary>A node that could be cleared. The least is the best.</summary>
internal sealed record Candidate(NodeEntry Node, List<PodEntry> Victims, int BrokenBudgets) : IComparable<Candidate>
{
    public int CompareTo(Candidate? other)
    {
        if (other is null)
        {
            return -1;
        }

        var order = BrokenBudgets.CompareTo(other.BrokenBudgets);
        order = order != 0 ? order : Victims.Max(static victim => victim.Facts.Priority).CompareTo(other.Victims.Max(static victim => victim.Facts.Priority));
        order = order != 0 ? order : Victims.Sum(static victim => (long)victim.Facts.Priority + int.MaxValue + 1).CompareTo(other.Victims.Sum(static victim => (long)victim.Facts.Priority + int.MaxValue + 1));
        order = order != 0 ? order : Victims.Count.CompareTo(other.Victims.Count);
        return order != 0 ? order : string.CompareOrdinal(other.Victims.Max(static victim => victim.Facts.Created), Victims.Max(static victim => victim.Facts.Created));
    }
}

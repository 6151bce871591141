using Naru.Scheduling.Filters;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>What was decided for a pod.</summary>
/// <param name="Node">Where it goes; null if nowhere.</param>
/// <param name="Failure">Why it goes nowhere.</param>
internal sealed record Outcome(NodeEntry? Node, Failure? Failure);

/// <summary>Why no node takes a pod.</summary>
internal sealed class Failure
{
    /// <summary>Nodes by what they said.</summary>
    public Dictionary<Refusal, List<NodeEntry>> Refusals { get; } = [];

    /// <summary>Said of the pod before any node was asked; null otherwise.</summary>
    public Refusal? Whole { get; init; }

    public required int Nodes { get; init; }

    public RefusedBy By => Whole?.By ?? Refusals.Keys.Aggregate(RefusedBy.None, static (all, one) => all | one.By);

    /// <summary>Kubernetes' sentence.</summary>
    public string Message => Nodes == 0 ? "no nodes available to schedule pods" : $"0/{Nodes} nodes are available: {Reasons()}.";

    public void Add(Refusal refusal, NodeEntry node)
    {
        if (!Refusals.TryGetValue(refusal, out var nodes))
        {
            Refusals[refusal] = nodes = [];
        }

        nodes.Add(node);
    }

    private string Reasons()
    {
        if (Whole is not null)
        {
            return string.Join(", ", Whole.Reasons);
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (refusal, nodes) in Refusals)
        {
            foreach (var reason in refusal.Reasons)
            {
                counts[reason] = counts.GetValueOrDefault(reason) + nodes.Count;
            }
        }

        return string.Join(", ", counts.Select(static one => $"{one.Value} {one.Key}").Order(StringComparer.Ordinal));
    }
}

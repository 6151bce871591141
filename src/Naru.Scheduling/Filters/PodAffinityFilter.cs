using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Required affinity and anti-affinity to pods, and the anti-affinity of the pods that are there.</summary>
internal sealed class PodAffinityFilter : IPodFilter
{
    private static readonly Refusal Alone = new(RefusedBy.PodAffinity, "node(s) didn't match pod affinity rules", true);
    private static readonly Refusal Crowded = new(RefusedBy.PodAffinity, "node(s) didn't match pod anti-affinity rules", false);
    private static readonly Refusal Unwelcome = new(RefusedBy.PodAffinity, "node(s) didn't satisfy existing pods anti-affinity rules", false);

    /// <summary>Where pods that match all affinity terms are, by the label of each term.</summary>
    public required DomainCounts[] Near { get; init; }

    /// <summary>The pod itself matches all its affinity terms: the first of its kind may go anywhere.</summary>
    public required bool MatchesItself { get; init; }

    public required DomainCounts[] Away { get; init; }

    public required DomainCounts[] KeptOff { get; init; }

    public bool IsNeeded => Near.Length + Away.Length + KeptOff.Length > 0;

    public void CatchUp()
    {
        foreach (var counts in (ReadOnlySpan<DomainCounts[]>)[Near, Away, KeptOff])
        {
            foreach (var one in counts)
            {
                one.CatchUp();
            }
        }
    }

    public Refusal? Judge(NodeEntry node)
    {
        if (!IsNear(node))
        {
            return Alone;
        }

        foreach (var away in Away)
        {
            if (away.Of(away.Key[node.Place]) > 0)
            {
                return Crowded;
            }
        }

        foreach (var off in KeptOff)
        {
            if (off.Of(off.Key[node.Place]) > 0)
            {
                return Unwelcome;
            }
        }

        return null;
    }

    private bool IsNear(NodeEntry node)
    {
        var (near, nobody) = (true, true);
        foreach (var term in Near)
        {
            var domain = term.Key[node.Place];
            if (domain == TopologyKey.None)
            {
                return false;
            }

            near &= term.Of(domain) > 0;
            nobody &= term.Total == 0;
        }

        return near || (nobody && MatchesItself);
    }
}

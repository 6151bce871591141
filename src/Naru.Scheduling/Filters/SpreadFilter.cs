using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Topology spread constraints that must hold.</summary>
internal sealed class SpreadFilter(SpreadCount[] constraints) : IPodFilter
{
    private static readonly Refusal Uneven = new(RefusedBy.Spread, "node(s) didn't match pod topology spread constraints", false);
    private static readonly Refusal Unlabelled = new(RefusedBy.Spread, "node(s) didn't match pod topology spread constraints (missing required label)", true);

    public void CatchUp()
    {
        foreach (var constraint in constraints)
        {
            constraint.Counts.CatchUp();
            constraint.Least = constraint.Counts.Domains < constraint.Rule.MinDomains ? 0 : constraint.Counts.Least();
        }
    }

    public Refusal? Judge(NodeEntry node)
    {
        foreach (var constraint in constraints)
        {
            var domain = constraint.Counts.Key[node.Place];
            if (domain == TopologyKey.None)
            {
                return Unlabelled;
            }

            if (constraint.Counts.Of(domain) + (constraint.MatchesItself ? 1 : 0) - constraint.Least > constraint.Rule.MaxSkew)
            {
                return Uneven;
            }
        }

        return null;
    }
}

/// <summary>A spread constraint with what is counted for it.</summary>
internal sealed class SpreadCount(SpreadRule rule, DomainCounts counts, bool matchesItself)
{
    public SpreadRule Rule => rule;

    public DomainCounts Counts => counts;

    /// <summary>The pod would be counted itself.</summary>
    public bool MatchesItself => matchesItself;

    public int Least { get; set; }
}

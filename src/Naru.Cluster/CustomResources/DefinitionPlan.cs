using Naru.Cluster.Caching;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>What is to become of a definition.</summary>
/// <param name="Standing">As it stands.</param>
/// <param name="Accepted">The names that it has.</param>
/// <param name="Named">The condition NamesAccepted.</param>
/// <param name="Wished">The definition with its status as it is to be.</param>
internal sealed record DefinitionPlan(CachedObject Standing, MapValue Accepted, MapValue Named, MapValue Wished)
{
    /// <summary>Judges all definitions, the oldest first: names belong to who had them.</summary>
    public static List<DefinitionPlan> Of(IEnumerable<CachedObject> standing)
    {
        var plans = new List<DefinitionPlan>();
        foreach (var group in standing.GroupBy(static one => one.Tree.Text("spec", "group") ?? ""))
        {
            var ordered = group
                .OrderByDescending(static one => DefinitionStatus.Is(one.Tree, "Established"))
                .ThenBy(static one => one.Tree.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
                .ThenBy(static one => one.Revision)
                .ToList();
            ordered.ForEach(one => plans.Add(Judge(one, ordered, plans)));
        }

        return plans;
    }

    private static DefinitionPlan Judge(CachedObject one, List<CachedObject> group, List<DefinitionPlan> judged)
    {
        var names = new DefinitionNames();
        foreach (var other in group.Where(other => !ReferenceEquals(other, one)))
        {
            var known = judged.Find(plan => ReferenceEquals(plan.Standing, other))?.Accepted ?? other.Tree.Map("status", "acceptedNames");
            if (known is not null)
            {
                names.Take(known);
            }
        }

        var (accepted, named) = names.Judge(one.Tree.Map("spec", "names") ?? [], one.Tree.Map("status", "acceptedNames"));
        var wished = one.Tree.CloneMap();
        DefinitionStatus.Apply(wished, accepted, named, [], DateTimeOffset.UnixEpoch);
        return new DefinitionPlan(one, accepted, named, wished);
    }
}

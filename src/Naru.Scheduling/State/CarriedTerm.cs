using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>A term of a placed pod that matters for others: what it keeps away from its place (required anti-affinity), or draws there.</summary>
/// <param name="Pods">The pods that it speaks of.</param>
/// <param name="TopologyKey">Label of nodes that says what a place is.</param>
/// <param name="Weight">0 for required anti-affinity; else how much a place is liked, negative for disliked.</param>
internal sealed record CarriedTerm(PodSet Pods, string TopologyKey, int Weight)
{
    // Required affinity of pods that are placed draws others a little, as with Kubernetes.
    private const int RequiredWeight = 1;

    public string Text { get; } = $"{Pods.Text}\u0005{TopologyKey}\u0005{Weight}";

    public static IEnumerable<CarriedTerm> Of(PodClass owner)
    {
        var shape = owner.Shape;
        foreach (var term in shape.AntiAffinity)
        {
            yield return new(term.Resolve(owner.Namespace, owner.Labels), term.TopologyKey, 0);
        }

        foreach (var term in shape.Affinity)
        {
            yield return new(term.Resolve(owner.Namespace, owner.Labels), term.TopologyKey, RequiredWeight);
        }

        foreach (var (term, weight) in shape.PreferredAffinity.Where(static term => term.Weight != 0))
        {
            yield return new(term.Resolve(owner.Namespace, owner.Labels), term.TopologyKey, weight);
        }
    }
}

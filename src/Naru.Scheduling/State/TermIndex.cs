namespace Naru.Scheduling.State;

/// <summary>The terms that placed pods carry, and how many carry each.</summary>
internal sealed class TermIndex(ClusterState cluster)
{
    private readonly Dictionary<string, (CarriedTerm Term, int Carriers)> _terms = new(StringComparer.Ordinal);

    /// <summary>Raised when a term comes or goes.</summary>
    public long Generation { get; private set; }

    public void Count(PodClass pods, int sign)
    {
        if (!pods.Shape.HasPodTerms)
        {
            return;
        }

        foreach (var term in pods.Terms)
        {
            var carriers = _terms.GetValueOrDefault(term.Text).Carriers + sign;
            if (carriers == 0)
            {
                _terms.Remove(term.Text);
            }
            else
            {
                _terms[term.Text] = (term, carriers);
            }

            Generation += carriers == 0 || carriers == sign ? 1 : 0;
        }
    }

    /// <summary>The terms that speak of a class of pods.</summary>
    public IEnumerable<CarriedTerm> About(PodClass pods) =>
        _terms.Values.Select(static one => one.Term).Where(term => term.Pods.Has(pods.Namespace, pods.Labels, cluster.Namespaces));

    public void Touch() => Generation++;
}

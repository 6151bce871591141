using Naru.Scheduling.Facts;
namespace Naru.Scheduling.State;

/// <summary>All counters in use. A counter is made when a pod that needs it is to be placed and goes when the last of these has gone.</summary>
internal sealed class CounterIndex(ClusterState cluster)
{
    private readonly Dictionary<string, NodeCounter> _counters = new(StringComparer.Ordinal);
    private long _generation;

    /// <summary>Pods of a set.</summary>
    /// <param name="pods">The set.</param>
    /// <param name="countsEnding">Count those that are being deleted.</param>
    public NodeCounter Pods(PodSet pods, bool countsEnding) =>
        Take($"{(countsEnding ? 'p' : 's')}{pods.Text}", () => group => pods.Has(group.Namespace, group.Labels, cluster.Namespaces) ? 1 : 0, countsEnding);

    /// <summary>Pods that are in all of some sets.</summary>
    public NodeCounter PodsOfAll(IReadOnlyList<PodSet> sets) => sets.Count == 1
        ? Pods(sets[0], true)
        : Take($"a{string.Join('\u0006', sets.Select(static set => set.Text))}", () => group => sets.All(set => set.Has(group.Namespace, group.Labels, cluster.Namespaces)) ? 1 : 0, true);

    /// <summary>Pods that carry a term, by its weight; required anti-affinity counts 1.</summary>
    public NodeCounter Carriers(CarriedTerm term) =>
        Take($"c{term.Text}", () => group => group.Terms.Count(carried => carried.Text == term.Text) * (term.Weight == 0 ? 1 : term.Weight), true);

    public void Release(NodeCounter counter)
    {
        if (--counter.Users == 0)
        {
            _counters.Remove(counter.Text);
            _generation++;
        }
    }

    /// <summary>Forgets what is counted: for changes that sets are made of (labels of namespaces).</summary>
    public void Forget()
    {
        _counters.Clear();
        _generation++;
    }

    public (NodeCounter Counter, int Weight)[] Of(PodClass group)
    {
        if (group.CountersAsOf != _generation)
        {
            group.Counters = [.. _counters.Values.Select(counter => (counter, counter.Weigh(group))).Where(static one => one.Item2 != 0)];
            group.CountersAsOf = _generation;
        }

        return group.Counters;
    }

    private NodeCounter Take(string text, Func<Func<PodClass, int>> weigh, bool countsEnding)
    {
        if (!_counters.TryGetValue(text, out var counter))
        {
            counter = new(text, weigh(), countsEnding);
            foreach (var group in cluster.Classes.All)
            {
                if (group.Nodes.Count > 0)
                {
                    counter.AddAll(group);
                }
            }

            _counters[text] = counter;
            _generation++;
        }

        counter.Users++;
        return counter;
    }
}

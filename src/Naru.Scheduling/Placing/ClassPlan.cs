using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;
using Naru.Scheduling.Scores;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>What is worked out for a class of pods once and then only kept up to date: where its kin are, what keeps it off, how it is to be spread.</summary>
internal sealed class ClassPlan
{
    private readonly ClusterState _cluster;
    private readonly PodClass _class;
    private readonly List<DomainCounts> _own = [], _foreign = [];
    private readonly PodAffinityFilter _ownFilter;
    private readonly List<WeightedPlaces> _ownLikes = [];
    private readonly IPodFilter? _spread;
    private readonly SpreadCount[] _softSpread;
    private long _termsAsOf = -1;

    public ClassPlan(ClusterState cluster, PodClass group, ShapePlan shape, SpreadRule[] defaults)
    {
        (_cluster, _class, Shape) = (cluster, group, shape);
        var affinity = group.Shape.Affinity.Select(term => term.Resolve(group.Namespace, group.Labels)).ToList();
        _ownFilter = new()
        {
            Near = [.. group.Shape.Affinity.Select(term => Counts(_own, cluster.Counters.PodsOfAll(affinity), term.TopologyKey))],
            MatchesItself = affinity.All(Matches),
            Away = [.. group.Shape.AntiAffinity.Select(term => Counts(_own, cluster.Counters.Pods(term.Resolve(group.Namespace, group.Labels), true), term.TopologyKey))],
            KeptOff = [],
        };
        foreach (var (term, weight) in group.Shape.PreferredAffinity)
        {
            _ownLikes.Add(new(Counts(_own, cluster.Counters.Pods(term.Resolve(group.Namespace, group.Labels), true), term.TopologyKey), weight));
        }

        var rules = group.Shape.Spread.Length > 0 ? group.Shape.Spread : defaults;
        var hard = rules.Where(static rule => rule.Hard).ToList();
        _spread = hard.Count == 0 ? null : new SpreadFilter([.. hard.Select(rule => Spread(rule, hard))]);
        var soft = rules.Where(static rule => !rule.Hard).ToList();
        NeedsAllLabels = group.Shape.Spread.Length > 0;
        _softSpread = [.. soft.Select(rule => Spread(rule, NeedsAllLabels ? soft : [rule]))];
    }

    public ShapePlan Shape { get; }

    public bool NeedsAllLabels { get; }

    public PodClass Class => _class;

    /// <summary>Filters that look at other nodes, in Kubernetes' order.</summary>
    public IPodFilter[] Filters { get; private set; } = [];

    /// <summary>Places that are liked or disliked for the pods there.</summary>
    public WeightedPlaces[] Likes { get; private set; } = [];

    public SpreadCount[] SoftSpread => _softSpread;

    /// <summary>Whatever is elsewhere, a node is worth the same to these pods.</summary>
    public bool IsAlone => Filters.Length == 0 && Likes.Length == 0 && _softSpread.Length == 0 && Shape.Shape.OnlyNodes is null;

    /// <summary>Nodes compared for the last pod, for those that follow it.</summary>
    public ShortList Listed { get; } = new();

    public long LastUse { get; set; }

    public void CatchUp()
    {
        if (_termsAsOf != _cluster.Terms.Generation)
        {
            TakeForeignTerms();
        }

        foreach (var filter in Filters)
        {
            filter.CatchUp();
        }

        foreach (var like in Likes)
        {
            like.Places.CatchUp();
        }

        foreach (var spread in _softSpread)
        {
            spread.Counts.CatchUp();
        }
    }

    public void Release()
    {
        _own.ForEach(counts => _cluster.Counters.Release(counts.Counter));
        _foreign.ForEach(counts => _cluster.Counters.Release(counts.Counter));
    }

    private void TakeForeignTerms()
    {
        var old = _foreign.ToList();
        _foreign.Clear();
        List<DomainCounts> off = [];
        List<WeightedPlaces> likes = [.. _ownLikes];
        foreach (var term in _cluster.Terms.About(_class))
        {
            var counts = Counts(_foreign, _cluster.Counters.Carriers(term), term.TopologyKey);
            if (term.Weight == 0)
            {
                off.Add(counts);
            }
            else
            {
                likes.Add(new(counts, 1));
            }
        }

        old.ForEach(counts => _cluster.Counters.Release(counts.Counter));
        var affinity = new PodAffinityFilter { Near = _ownFilter.Near, MatchesItself = _ownFilter.MatchesItself, Away = _ownFilter.Away, KeptOff = [.. off] };
        Filters = [.. _spread is null ? (IPodFilter[])[] : [_spread], .. affinity.IsNeeded ? (IPodFilter[])[affinity] : []];
        Likes = [.. likes];
        _termsAsOf = _cluster.Terms.Generation;
    }

    private SpreadCount Spread(SpreadRule rule, List<SpreadRule> together)
    {
        var pods = rule.Resolve(_class.Namespace, _class.Labels);
        TopologyKey[] keys = [.. together.Select(other => _cluster.Key(other.TopologyKey))];
        return new(rule, Counts(_own, _cluster.Counters.Pods(pods, false), rule.TopologyKey, node => Counts(rule, keys, node)), Matches(pods));
    }

    private bool Counts(SpreadRule rule, TopologyKey[] keys, NodeEntry node)
    {
        foreach (var key in keys)
        {
            if (key[node.Place] == TopologyKey.None)
            {
                return false;
            }
        }

        return (!rule.HonorAffinity || NodeAffinityFilter.Matches(_class.Shape, node.Facts!))
            && (!rule.HonorTaints || Array.TrueForAll(node.Facts!.Taints, taint => !taint.IsHard || Toleration.AnyTolerates(_class.Shape.Tolerations, taint)));
    }

    private bool Matches(PodSet pods) => pods.Has(_class.Namespace, _class.Labels, _cluster.Namespaces);

    private DomainCounts Counts(List<DomainCounts> owner, NodeCounter counter, string label, Func<NodeEntry, bool>? eligible = null)
    {
        var counts = new DomainCounts(_cluster, counter, _cluster.Key(label), eligible);
        owner.Add(counts);
        return counts;
    }
}

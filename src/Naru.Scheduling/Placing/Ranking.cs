using System.Runtime.InteropServices;
using Naru.Scheduling.Scores;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>Takes the best of the nodes that would take a pod, by Kubernetes' scores and weights. Draws among equals from a fixed start: the same history gives the same places.</summary>
internal sealed class Ranking
{
    private const int TaintWeight = 3, NodeAffinityWeight = 2, SpreadWeight = 2, PodAffinityWeight = 2;

    private readonly List<NodeEntry> _nodes = [];
    private long[] _scores = [];
    private double[] _raw = [];
    private bool _compared;
    private uint _drawn = 2463534242;

    public List<NodeEntry> Empty()
    {
        _nodes.Clear();
        return _nodes;
    }

    public NodeEntry Best(ClassPlan plan, List<NodeEntry> nodes)
    {
        if (nodes.Count == 1)
        {
            return nodes[0];
        }

        if (_scores.Length < nodes.Count)
        {
            _scores = new long[nodes.Count * 2];
            _raw = new double[nodes.Count * 2];
        }

        AddOwn(plan, nodes);
        if (plan.Likes.Length > 0)
        {
            AddLikes(plan, nodes);
        }

        if (plan.SoftSpread.Length > 0)
        {
            AddSpread(plan, nodes);
        }

        return nodes[Highest(nodes.Count)];
    }

    /// <summary>Lists the nodes just compared, unless what they are worth depends on each other.</summary>
    public void List(ShortList list, List<NodeEntry> nodes, long look)
    {
        if (nodes.Count > 1 && !_compared)
        {
            list.Open(nodes, _scores, Draw, look);
        }
    }

    // Any of the best, each as likely: always the first would draw the first pods of all groups to the same zone.
    private int Highest(int count)
    {
        var (best, equals) = (0, 1u);
        for (var at = 1; at < count; at++)
        {
            if (_scores[at] > _scores[best])
            {
                (best, equals) = (at, 1);
            }
            else if (_scores[at] == _scores[best] && Draw() % ++equals == 0)
            {
                best = at;
            }
        }

        return best;
    }

    private uint Draw()
    {
        _drawn ^= _drawn << 13;
        _drawn ^= _drawn >> 17;
        return _drawn ^= _drawn << 5;
    }

    private void AddOwn(ClassPlan plan, List<NodeEntry> nodes)
    {
        var (liked, disliked) = (0, 0);
        foreach (var node in CollectionsMarshal.AsSpan(nodes))
        {
            ref readonly var verdict = ref plan.Shape.Of(node);
            liked = Math.Max(liked, verdict.Liked);
            disliked = Math.Max(disliked, verdict.Disliked);
        }

        _compared = liked != 0 || disliked != 0;
        for (var at = 0; at < nodes.Count; at++)
        {
            ref readonly var verdict = ref plan.Shape.Of(nodes[at]);
            _scores[at] = verdict.Score
                + (liked == 0 ? 0 : NodeAffinityWeight * (NodeScores.Most * verdict.Liked / liked))
                + (disliked == 0 ? 0 : TaintWeight * (NodeScores.Most - (NodeScores.Most * verdict.Disliked / disliked)));
        }
    }

    private void AddLikes(ClassPlan plan, List<NodeEntry> nodes)
    {
        var (least, most) = (double.MaxValue, double.MinValue);
        for (var at = 0; at < nodes.Count; at++)
        {
            double sum = 0;
            foreach (var (places, weight) in plan.Likes)
            {
                sum += (double)weight * places.Of(places.Key[nodes[at].Place]);
            }

            _raw[at] = sum;
            (least, most) = (Math.Min(least, sum), Math.Max(most, sum));
        }

        for (var at = 0; most > least && at < nodes.Count; at++)
        {
            _scores[at] += PodAffinityWeight * (int)(NodeScores.Most * (_raw[at] - least) / (most - least));
        }
    }

    private void AddSpread(ClassPlan plan, List<NodeEntry> nodes)
    {
        Span<double> weights = stackalloc double[plan.SoftSpread.Length];
        for (var one = 0; one < weights.Length; one++)
        {
            weights[one] = Math.Log(Math.Min(plan.SoftSpread[one].Counts.Domains, nodes.Count) + 2);
        }

        var (least, most) = (double.MaxValue, double.MinValue);
        for (var at = 0; at < nodes.Count; at++)
        {
            _raw[at] = Unevenness(plan, nodes[at], weights);
            if (!double.IsNaN(_raw[at]))
            {
                (least, most) = (Math.Min(least, _raw[at]), Math.Max(most, _raw[at]));
            }
        }

        for (var at = 0; at < nodes.Count; at++)
        {
            var score = double.IsNaN(_raw[at]) ? 0 : most <= 0 ? NodeScores.Most : NodeScores.Most * (most + least - _raw[at]) / most;
            _scores[at] += SpreadWeight * (int)score;
        }
    }

    // Not a number for a node without a label that is needed: such a node is worth nothing.
    private static double Unevenness(ClassPlan plan, NodeEntry node, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        for (var one = 0; one < weights.Length; one++)
        {
            var counts = plan.SoftSpread[one].Counts;
            var domain = counts.Key[node.Place];
            if (domain != TopologyKey.None)
            {
                sum += (counts.Of(domain) * weights[one]) + plan.SoftSpread[one].Rule.MaxSkew - 1;
            }
            else if (plan.NeedsAllLabels)
            {
                return double.NaN;
            }
        }

        return Math.Round(sum);
    }
}

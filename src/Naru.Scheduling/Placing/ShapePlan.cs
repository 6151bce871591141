using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;
using Naru.Scheduling.Scores;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>Verdicts and scores of all nodes for pods of one shape. Each is worked out when first asked for and again only after its node changed, so that a batch of
/// equal pods costs one look at each node and then one for each pod placed.</summary>
internal sealed class ShapePlan(PodShape shape, NodeFilters filters, bool pack)
{
    private readonly Verdict[] _single = new Verdict[1];
    private Verdict[] _verdicts = [];
    private int _singlePlace = -1;

    public PodShape Shape => shape;

    public ref readonly Verdict Of(NodeEntry node)
    {
        if (shape.OnlyNodes is not null)
        {
            return ref OfSingle(node);
        }

        if (node.Place >= _verdicts.Length)
        {
            Array.Resize(ref _verdicts, Math.Max(64, Math.Max(node.Place + 1, _verdicts.Length * 2)));
        }

        ref var verdict = ref _verdicts[node.Place];
        if (verdict.AsOf != node.AsOf)
        {
            Judge(node, ref verdict);
        }

        return ref verdict;
    }

    // Pods of daemon sets name one node each: room for all nodes would be wasted on them.
    private ref readonly Verdict OfSingle(NodeEntry node)
    {
        ref var verdict = ref _single[0];
        if (_singlePlace != node.Place || verdict.AsOf != node.AsOf)
        {
            verdict = default;
            Judge(node, ref verdict);
            _singlePlace = node.Place;
        }

        return ref verdict;
    }

    private void Judge(NodeEntry node, ref Verdict verdict)
    {
        if (verdict.FactsAsOf != node.FactsAsOf)
        {
            verdict.Static = filters.JudgeFacts(shape, node);
            verdict.Images = NodeScores.Images(shape, node);
            verdict.Liked = NodeScores.Liked(shape, node.Facts!);
            verdict.Disliked = NodeScores.Disliked(shape, node.Facts!);
            verdict.FactsAsOf = node.FactsAsOf;
        }

        verdict.Refusal = verdict.Static ?? filters.JudgeUse(shape, node);
        verdict.Score = verdict.Images + (verdict.Refusal is null ? NodeScores.Allocation(shape, node, pack) + NodeScores.Balance(shape, node) : 0);
        verdict.AsOf = node.AsOf;
    }
}

/// <summary>What a node is worth for a shape.</summary>
internal struct Verdict
{
    public long AsOf, FactsAsOf;
    public Refusal? Static, Refusal;

    /// <summary>Sum of the scores that need no comparison among nodes.</summary>
    public int Score;

    public int Images, Liked, Disliked;
}

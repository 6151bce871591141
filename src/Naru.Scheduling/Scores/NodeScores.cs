using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Scores;

/// <summary>How good a node is by itself, each score from 0 to 100.</summary>
internal static class NodeScores
{
    public const int Most = 100;

    private const long SmallImage = 23L << 20;
    private const long BigImage = 1000L << 20;

    /// <summary>The part of processor and memory that stays free (or, for packing, is taken) with the pod there.</summary>
    public static int Allocation(PodShape pod, NodeEntry node, bool pack)
    {
        var cpu = Part(node.ScoredCpu + pod.ScoredCpu, node.Allocatable(Resources.Cpu), pack);
        var memory = Part(node.ScoredMemory + pod.ScoredMemory, node.Allocatable(Resources.Memory), pack);
        return cpu < 0 || memory < 0 ? Math.Max(Math.Max(cpu, memory), 0) : (cpu + memory) / 2;
    }

    /// <summary>How alike the taken parts of processor and memory are with the pod there.</summary>
    public static int Balance(PodShape pod, NodeEntry node)
    {
        var cpu = Fraction(node.Requested(Resources.Cpu) + pod.RequestOf(Resources.Cpu), node.Allocatable(Resources.Cpu));
        var memory = Fraction(node.Requested(Resources.Memory) + pod.RequestOf(Resources.Memory), node.Allocatable(Resources.Memory));
        return (int)((1 - (Math.Abs(cpu - memory) / 2)) * Most);
    }

    /// <summary>How much of the pod's images is there already.</summary>
    public static int Images(PodShape pod, NodeEntry node)
    {
        if (node.Facts!.Images.Count == 0 || pod.Containers == 0)
        {
            return 0;
        }

        long sum = 0;
        foreach (var image in pod.Images)
        {
            sum += node.Facts.Images.GetValueOrDefault(image);
        }

        var most = BigImage * pod.Containers;
        return (int)(Most * (Math.Clamp(sum, SmallImage, most) - SmallImage) / (most - SmallImage));
    }

    /// <summary>Sum of the weights of preferred node terms that hold; to be compared among nodes.</summary>
    public static int Liked(PodShape pod, NodeFacts node)
    {
        var sum = 0;
        foreach (var (term, weight) in pod.PreferredNodes)
        {
            sum += term.Matches(node) ? weight : 0;
        }

        return sum;
    }

    /// <summary>Soft taints that the pod does not tolerate; to be compared among nodes.</summary>
    public static int Disliked(PodShape pod, NodeFacts node)
    {
        var count = 0;
        foreach (var taint in node.Taints)
        {
            count += taint.Effect == "PreferNoSchedule" && !Toleration.AnyTolerates(pod.Tolerations, taint) ? 1 : 0;
        }

        return count;
    }

    private static int Part(long taken, long all, bool pack)
    {
        if (all <= 0)
        {
            return -1;
        }

        var free = taken >= all ? 0 : (int)((Int128)(all - taken) * Most / all);
        return pack ? (taken > all ? 0 : Most - free) : free;
    }

    private static double Fraction(long taken, long all) => all <= 0 ? 1 : Math.Min(1, (double)taken / all);
}

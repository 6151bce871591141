using System.Globalization;
using Naru.Workloads.Pods;

namespace Naru.Workloads.ReplicaSets;

/// <summary>Which pods go first when there are too many: those without a node, pending before unknown before running, not ready before ready, lower deletion cost, more
/// neighbours of the same owner on their node, ready for a shorter time, more restarts, younger.</summary>
internal static class DeletionRanking
{
    private const string Cost = "controller.kubernetes.io/pod-deletion-cost";

    public static IEnumerable<PodFacts> First(IReadOnlyList<PodFacts> pods, int count, DateTimeOffset now)
    {
        if (count >= pods.Count)
        {
            return pods;
        }

        var crowds = pods.Where(static pod => pod.Node.Length > 0).GroupBy(static pod => pod.Node).ToDictionary(static group => group.Key, static group => group.Count());
        return pods.Select(pod => (Pod: pod, Rank: RankOf(pod, crowds, now))).OrderBy(static one => one.Rank).Take(count).Select(static one => one.Pod);
    }

    private static (int, int, int, int, int, double, long, double) RankOf(PodFacts pod, Dictionary<string, int> crowds, DateTimeOffset now) => (
        pod.Node.Length == 0 ? 0 : 1,
        pod.Phase switch { "Pending" or "" => 0, "Unknown" => 1, _ => 2 },
        pod.IsReady ? 1 : 0,
        int.TryParse(pod.Annotation(Cost), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0,
        -crowds.GetValueOrDefault(pod.Node),
        // Times are compared by order of magnitude, so that a fresh wave is thinned out evenly.
        pod.ReadySince is { } since ? Math.Floor(Math.Log2(Math.Max(1, (now - since).TotalSeconds))) : 0,
        -pod.Restarts,
        Math.Floor(Math.Log2(Math.Max(1, (now - pod.Created).TotalSeconds))));
}

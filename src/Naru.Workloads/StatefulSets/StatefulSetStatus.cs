using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.StatefulSets;

/// <summary>The status of a StatefulSet. Pure.</summary>
internal static class StatefulSetStatus
{
    public static void Decide(MapValue status, MapValue tree, StatefulSetSpec spec, SetSnapshot set)
    {
        var pods = set.Pods.Values.Where(static pod => !pod.IsFinished).ToList();
        var current = set.CurrentRevision;
        var updated = pods.Count(pod => pod.Revision == set.UpdateRevision && !pod.IsTerminating);
        var ready = pods.Count(static pod => pod.IsReady && !pod.IsTerminating);
        if (!set.UpdatesOnDelete && spec.Partition == 0 && updated == set.End - set.First && ready == updated && pods.Count == updated)
        {
            current = set.UpdateRevision;
        }

        status["observedGeneration"] = tree.Integer("metadata", "generation") ?? 1;
        status["replicas"] = pods.Count;
        status.SetCount("readyReplicas", ready);
        status["availableReplicas"] = pods.Count(static pod => pod.IsHealthy);
        status.SetCount("currentReplicas", pods.Count(pod => pod.Revision == current && !pod.IsTerminating));
        status.SetCount("updatedReplicas", updated);
        status["currentRevision"] = current;
        status["updateRevision"] = set.UpdateRevision;
        status["collisionCount"] = status.Integer("collisionCount") ?? 0;
    }
}

using Naru.Core.Errors;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.ReplicaSets;

/// <summary>The status of a ReplicaSet or ReplicationController. Pure.</summary>
internal static class ReplicaSetStatus
{
    public static MapValue Decide(
        MapValue status, MapValue tree, ReplicaSetSpec spec, IReadOnlyList<PodFacts> claimed, NaruException? failure, int missing, DateTimeOffset now)
    {
        var templateLabels = PodSelector.ReadLabels(spec.Template.Map("metadata", "labels"));
        var (total, labelled, ready, available, terminating) = (0, 0, 0, 0, 0);
        foreach (var pod in claimed)
        {
            if (pod.IsFinished)
            {
                continue;
            }

            if (pod.IsTerminating)
            {
                terminating++;
                continue;
            }

            total++;
            labelled += templateLabels.Matches(pod.Labels) ? 1 : 0;
            ready += pod.IsReady ? 1 : 0;
            available += pod.IsAvailable(spec.MinReadySeconds, now) ? 1 : 0;
        }

        status["replicas"] = total;
        status.SetCount("fullyLabeledReplicas", labelled);
        status.SetCount("readyReplicas", ready);
        status.SetCount("availableReplicas", available);
        if (tree.Text("kind") == "ReplicaSet")
        {
            status["terminatingReplicas"] = terminating;
        }

        status["observedGeneration"] = tree.Integer("metadata", "generation") ?? 1;
        if (failure is null)
        {
            Conditions.Remove(status, "ReplicaFailure");
        }
        else if (Conditions.Find(status, "ReplicaFailure") is null)
        {
            Conditions.Set(status, new("ReplicaFailure", "True", missing > 0 ? "FailedCreate" : "FailedDelete", failure.Message), now);
        }

        return status;
    }
}

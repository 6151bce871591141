using Naru.Controllers.Runtime;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Deployments;

/// <summary>The status of a Deployment. Pure.</summary>
internal static class DeploymentStatus
{
    private const string UpdateTime = "lastUpdateTime";

    /// <summary>The counts, and whether enough are available.</summary>
    public static MapValue Counts(DeploymentSnapshot snapshot, MapValue status, DateTimeOffset now)
    {
        var all = snapshot.All.ToList();
        var total = all.Sum(static one => one.Replicas);
        var available = all.Sum(static one => one.Available);
        status["observedGeneration"] = snapshot.Stored.Tree.Integer("metadata", "generation") ?? 1;
        status.SetCount("replicas", all.Sum(static one => one.Existing));
        status.SetCount("updatedReplicas", snapshot.New?.Existing ?? 0);
        status.SetCount("readyReplicas", all.Sum(static one => one.Ready));
        status.SetCount("availableReplicas", available);
        status.SetCount("unavailableReplicas", Math.Max(0, total - available));
        status["terminatingReplicas"] = all.Sum(static one => one.Terminating);
        Conditions.Set(
            status,
            available >= snapshot.Spec.Replicas - snapshot.Spec.Policy.Unavailable
                ? new("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
                : new("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
            now,
            UpdateTime);
        return status;
    }

    /// <summary>How the rollout goes. Says when its deadline passes.</summary>
    public static TimeSpan? Progress(DeploymentSnapshot snapshot, MapValue status, DateTimeOffset now)
    {
        TimeSpan? again = null;
        var current = Conditions.Find(status, "Progressing");
        var isDone = status.Int(0, "replicas") == status.Int(0, "updatedReplicas") && current?.Text("reason") == "NewReplicaSetAvailable";
        if (snapshot.Spec.ProgressDeadlineSeconds is not { } deadline)
        {
            Conditions.Remove(status, "Progressing");
        }
        else if (!isDone)
        {
            again = Judge(snapshot, status, current, TimeSpan.FromSeconds(deadline), now);
        }

        var failure = snapshot.All.Reverse().Select(static one => Conditions.Find(one.Stored.Tree.Map("status"), "ReplicaFailure")).FirstOrDefault(static one => one is not null);
        if (failure is null)
        {
            Conditions.Remove(status, "ReplicaFailure");
        }
        else
        {
            Conditions.Set(status, new("ReplicaFailure", failure.Text("status") ?? "True", failure.Text("reason") ?? "", failure.Text("message") ?? ""), now, UpdateTime);
        }

        return again;
    }

    /// <summary>All are new, available and nothing old is left.</summary>
    public static bool IsComplete(DeploymentSnapshot snapshot, MapValue status) =>
        status.Int(0, "updatedReplicas") == snapshot.Spec.Replicas && status.Int(0, "replicas") == snapshot.Spec.Replicas
        && status.Int(0, "availableReplicas") == snapshot.Spec.Replicas;

    public static void SetProgressing(MapValue status, string state, string reason, string message, DateTimeOffset now) =>
        Conditions.Set(status, new("Progressing", state, reason, message), now, UpdateTime);

    private static TimeSpan? Judge(DeploymentSnapshot snapshot, MapValue status, MapValue? current, TimeSpan deadline, DateTimeOffset now)
    {
        var name = snapshot.New is { } set ? $"ReplicaSet \"{set.Name}\"" : $"Deployment \"{snapshot.Stored.Name}\"";
        if (IsComplete(snapshot, status))
        {
            SetProgressing(status, "True", "NewReplicaSetAvailable", $"{name} has successfully progressed.", now);
            return null;
        }

        if (HasProgressed(status, snapshot.Stored.Tree.Map("status") ?? []))
        {
            // Every step counts as a sign of life: the time of update moves though nothing else in the condition does.
            if (current?.Text("status") == "True")
            {
                current["reason"] = "ReplicaSetUpdated";
                current["message"] = $"{name} is progressing.";
                current[UpdateTime] = KubernetesTime.Format(now);
            }
            else
            {
                SetProgressing(status, "True", "ReplicaSetUpdated", $"{name} is progressing.", now);
            }

            return deadline;
        }

        if (current?.Time(UpdateTime) is not { } since || current.Text("reason") == "DeploymentPaused")
        {
            return null;
        }

        var left = since + deadline - now;
        if (current.Text("reason") != "ProgressDeadlineExceeded" && left <= TimeSpan.Zero)
        {
            SetProgressing(status, "False", "ProgressDeadlineExceeded", $"{name} has timed out progressing.", now);
        }

        return left > TimeSpan.Zero ? left : null;
    }

    private static bool HasProgressed(MapValue now, MapValue old) =>
        now.Int(0, "updatedReplicas") > old.Int(0, "updatedReplicas")
        || now.Int(0, "replicas") - now.Int(0, "updatedReplicas") < old.Int(0, "replicas") - old.Int(0, "updatedReplicas")
        || now.Int(0, "readyReplicas") > old.Int(0, "readyReplicas")
        || now.Int(0, "availableReplicas") > old.Int(0, "availableReplicas");
}

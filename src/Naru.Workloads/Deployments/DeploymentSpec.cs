using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Rollouts;

namespace Naru.Workloads.Deployments;

/// <summary>What a Deployment wishes.</summary>
internal sealed record DeploymentSpec
{
    public required int Replicas { get; init; }

    public required int MinReadySeconds { get; init; }

    public required PodSelector Selector { get; init; }

    public required MapValue Template { get; init; }

    public required bool IsPaused { get; init; }

    public required bool IsRecreate { get; init; }

    public required RolloutPolicy Policy { get; init; }

    public required int HistoryLimit { get; init; }

    /// <summary>Null: a rollout may take for ever.</summary>
    public required int? ProgressDeadlineSeconds { get; init; }

    public static DeploymentSpec Read(MapValue tree)
    {
        var spec = tree.Map("spec") ?? [];
        var replicas = spec.Int(1, "replicas");
        var rolling = spec.Map("strategy", "rollingUpdate") ?? [];
        var isRecreate = spec.Text("strategy", "type") == "Recreate";
        var (surge, unavailable) = Rollout.Budget(rolling.Share("maxSurge", replicas, true, 1), rolling.Share("maxUnavailable", replicas, false, 1), replicas);
        var deadline = spec.Int(600, "progressDeadlineSeconds");
        return new DeploymentSpec
        {
            Replicas = replicas,
            MinReadySeconds = spec.Int(0, "minReadySeconds"),
            Selector = PodSelector.Read(spec.Map("selector")),
            Template = spec.Map("template") ?? [],
            IsPaused = spec.Boolean("paused") == true,
            IsRecreate = isRecreate,
            Policy = isRecreate ? new RolloutPolicy() : new RolloutPolicy { Surge = surge, Unavailable = unavailable },
            HistoryLimit = spec.Int(10, "revisionHistoryLimit"),
            ProgressDeadlineSeconds = deadline == int.MaxValue ? null : deadline,
        };
    }
}

using Naru.Controllers.Runtime;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Jobs;

/// <summary>What a Job wishes.</summary>
internal sealed record JobSpec
{
    public required int Parallelism { get; init; }

    /// <summary>Null: one success is enough.</summary>
    public required int? Completions { get; init; }

    public required bool IsIndexed { get; init; }

    public required int BackoffLimit { get; init; }

    public required int? BackoffLimitPerIndex { get; init; }

    public required int? MaxFailedIndexes { get; init; }

    public required MapValue? FailurePolicy { get; init; }

    public required MapValue? SuccessPolicy { get; init; }

    /// <summary>A pod is replaced when it has ended, not when it is being deleted.</summary>
    public required bool ReplacesFailedOnly { get; init; }

    public required bool IsSuspended { get; init; }

    public required TimeSpan? Deadline { get; init; }

    public required bool RestartsContainers { get; init; }

    public required MapValue Template { get; init; }

    public required DateTimeOffset? Started { get; init; }

    public static JobSpec Read(MapValue tree)
    {
        var spec = tree.Map("spec") ?? [];
        var perIndex = spec.Integer("backoffLimitPerIndex");
        return new JobSpec
        {
            Parallelism = spec.Int(1, "parallelism"),
            Completions = (int?)spec.Integer("completions"),
            IsIndexed = spec.Text("completionMode") == "Indexed",
            BackoffLimit = spec.Int(perIndex is null ? 6 : int.MaxValue, "backoffLimit"),
            BackoffLimitPerIndex = (int?)perIndex,
            MaxFailedIndexes = (int?)spec.Integer("maxFailedIndexes"),
            FailurePolicy = spec.Map("podFailurePolicy"),
            SuccessPolicy = spec.Map("successPolicy"),
            ReplacesFailedOnly = (spec.Text("podReplacementPolicy") ?? (spec.Has("podFailurePolicy") ? "Failed" : "")) == "Failed",
            IsSuspended = spec.Boolean("suspend") == true,
            Deadline = spec.Integer("activeDeadlineSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            RestartsContainers = spec.Text("template", "spec", "restartPolicy") == "OnFailure",
            Template = spec.Map("template") ?? [],
            Started = tree.Time("status", "startTime"),
        };
    }
}

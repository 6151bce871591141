using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.StatefulSets;

/// <summary>What a StatefulSet wishes.</summary>
internal sealed record StatefulSetSpec
{
    public required int Replicas { get; init; }

    public required int FirstOrdinal { get; init; }

    public required int MinReadySeconds { get; init; }

    public required PodSelector Selector { get; init; }

    public required MapValue Template { get; init; }

    public required string ServiceName { get; init; }

    /// <summary>One after the other, each when the one before is available.</summary>
    public required bool IsOrdered { get; init; }

    public required bool UpdatesOnDelete { get; init; }

    /// <summary>Only ordinals from this one on are updated.</summary>
    public required int Partition { get; init; }

    public required int MaxUnavailable { get; init; }

    public required int HistoryLimit { get; init; }

    public required IReadOnlyList<MapValue> Claims { get; init; }

    public required bool DeletesClaimsWithSet { get; init; }

    public required bool DeletesClaimsOnScaleDown { get; init; }

    public int End => FirstOrdinal + Replicas;

    public static StatefulSetSpec Read(MapValue tree)
    {
        var spec = tree.Map("spec") ?? [];
        var rolling = spec.Map("updateStrategy", "rollingUpdate") ?? [];
        var replicas = spec.Int(1, "replicas");
        return new StatefulSetSpec
        {
            Replicas = replicas,
            FirstOrdinal = spec.Int(0, "ordinals", "start"),
            MinReadySeconds = spec.Int(0, "minReadySeconds"),
            Selector = PodSelector.Read(spec.Map("selector")),
            Template = spec.Map("template") ?? [],
            ServiceName = spec.Text("serviceName") ?? "",
            IsOrdered = spec.Text("podManagementPolicy") != "Parallel",
            UpdatesOnDelete = spec.Text("updateStrategy", "type") == "OnDelete",
            Partition = rolling.Int(0, "partition"),
            MaxUnavailable = Math.Max(1, rolling.Share("maxUnavailable", replicas, true, 1)),
            HistoryLimit = spec.Int(10, "revisionHistoryLimit"),
            Claims = [.. spec.Maps("volumeClaimTemplates")],
            DeletesClaimsWithSet = spec.Text("persistentVolumeClaimRetentionPolicy", "whenDeleted") == "Delete",
            DeletesClaimsOnScaleDown = spec.Text("persistentVolumeClaimRetentionPolicy", "whenScaled") == "Delete",
        };
    }
}

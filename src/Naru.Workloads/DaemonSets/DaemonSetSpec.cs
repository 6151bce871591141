using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Rollouts;

namespace Naru.Workloads.DaemonSets;

/// <summary>What a DaemonSet wishes.</summary>
internal sealed record DaemonSetSpec(int MinReadySeconds, PodSelector Selector, MapValue Template, bool UpdatesOnDelete, int Surge, int Unavailable, int HistoryLimit)
{
    /// <param name="tree">The DaemonSet.</param>
    /// <param name="nodes">How many nodes it is for: shares are of this.</param>
    public static DaemonSetSpec Read(MapValue tree, int nodes)
    {
        var spec = tree.Map("spec") ?? [];
        var rolling = spec.Map("updateStrategy", "rollingUpdate") ?? [];
        var (surge, unavailable) = Rollout.Budget(rolling.Share("maxSurge", nodes, true, 0), rolling.Share("maxUnavailable", nodes, true, 1), Math.Max(nodes, 1));
        return new(
            spec.Int(0, "minReadySeconds"), PodSelector.Read(spec.Map("selector")), spec.Map("template") ?? [], spec.Text("updateStrategy", "type") == "OnDelete", surge, unavailable,
            spec.Int(10, "revisionHistoryLimit"));
    }
}

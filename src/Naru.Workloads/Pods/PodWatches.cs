using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Pods;

/// <summary>Which changes of pods wake which owner.</summary>
internal static class PodWatches
{
    /// <summary>A pod wakes its owner; one that nobody controls wakes every object of the kind that would take it in.</summary>
    public static WatchRule Of(WorkloadKind kind, IObjects objects, Func<MapValue, PodSelector> selector)
    {
        var owner = WatchRule.Owner(WorkloadKind.Pods, kind.Kind.GroupKind);
        return new WatchRule(WorkloadKind.Pods, (old, now, keys) =>
        {
            owner.Changed(old, now, keys);
            if (now is null || now.ControllerUid is not null || now.Labels.Count == 0 || (old is not null && old.ControllerUid is null && now.HasLabelsOf(old)))
            {
                return;
            }

            foreach (var one in objects.List(kind.Resource, now.Namespace))
            {
                if (selector(one.Tree).Matches(now.Labels))
                {
                    keys.Add(ObjectKey.Of(one));
                }
            }
        });
    }
}

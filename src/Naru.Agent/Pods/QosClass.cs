using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>How firmly a pod's resources are promised. Pure.</summary>
internal static class QosClass
{
    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public static string Of(MapValue pod)
    {
        if (PodResources.IsBestEffort(pod))
        {
            return "BestEffort";
        }

        var whole = pod.Map("spec", "resources");
        var guaranteed = whole is { Count: > 0 } ? IsGuaranteed(whole) : PodResources.Containers(pod).All(static one => IsGuaranteed(one.Map("resources")));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static bool IsGuaranteed(MapValue? resources)
    {
        var (limits, requests) = (PodResources.Read(resources?.Map("limits")), PodResources.Read(resources?.Map("requests")));
        return ((string[])["cpu", "memory"]).All(name => limits.TryGetValue(name, out var limit) && !limit.IsZero && (!requests.TryGetValue(name, out var request) || request == limit));
    }
}

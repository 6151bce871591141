using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Units;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Requests and limits as the engine's limits. Pure.</summary>
internal static class ContainerResources
{
    private const long LeastShares = 2;
    private const long Period = 100_000;
    private const long LeastQuota = 1000;

    /// <summary>Limits of a container.</summary>
    /// <param name="pod">Its pod.</param>
    /// <param name="member">The container.</param>
    /// <param name="nodeMemory">Bytes of memory of the node: what shares of it are counted by when memory runs out.</param>
    public static ResourceSpec Of(PodView pod, PodMember member, long nodeMemory)
    {
        var resources = member.Spec.Map("resources");
        var cpuLimit = Milli(resources, "limits", "cpu");
        var cpuRequest = resources?.At("requests", "cpu") is null ? cpuLimit : Milli(resources, "requests", "cpu");
        var memory = Milli(resources, "limits", "memory") / 1000;
        return new ResourceSpec
        {
            Memory = new ByteSize(memory),
            MemorySwap = new ByteSize(memory),
            AnyMemory = true,
            CpuPeriodMicroseconds = cpuLimit == 0 ? 0 : Period,
            CpuQuotaMicroseconds = cpuLimit == 0 ? 0 : Math.Max(cpuLimit * Period / 1000, LeastQuota),
            CpuShares = Math.Max(LeastShares, cpuRequest * 1024 / 1000),
            OomScoreAdjustment = OomScore(pod, resources, nodeMemory),
        };
    }

    /// <summary>Who is killed first when memory runs out: those that promised nothing, then those that use more than they asked for.</summary>
    private static int OomScore(PodView pod, MapValue? resources, long nodeMemory)
    {
        switch (pod.Qos)
        {
            case "Guaranteed":
                return -997;
            case "BestEffort":
                return 1000;
            default:
                var request = Milli(resources, "requests", "memory") / 1000;
                return (int)Math.Clamp(1000 - (1000m * request / Math.Max(nodeMemory, 1)), 3, 999);
        }
    }

    private static long Milli(MapValue? resources, string list, string name) =>
        resources?.At(list, name)?.ToString() is { } text && Quantity.TryParse(text, out var quantity) ? (long)quantity.MilliValue : 0;
}

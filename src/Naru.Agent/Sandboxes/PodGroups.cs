using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Units;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>The control groups of pods: <c>kubepods</c> holds all, one below it for each lower quality of service, one in there for each pod. What a pod is limited to as a whole is limited there.</summary>
internal sealed class PodGroups(IControlGroups groups, IHost host, AgentOptions options)
{
    private const long Period = 100_000;
    private const long LeastShares = 2;
    private const string PodPrefix = "pod";

    /// <summary>The group of all pods.</summary>
    public string All => $"{groups.Root}/kubepods";

    /// <summary>The group of a pod.</summary>
    public string Of(PodView pod) => $"{Parent(pod.Qos)}/{PodPrefix}{pod.Uid}";

    /// <summary>Makes the pod's group and those above it, with the limits that its pod asks for by now.</summary>
    /// <exception cref="NaruException">FailedPrecondition: the kernel refuses a limit.</exception>
    public void Prepare(PodView pod)
    {
        var shared = new ResourceSpec { Memory = new ByteSize(Math.Max(0, host.Read().Memory - options.ReservedMemory)) };
        groups.Make(All, shared);
        if (pod.Qos != "Guaranteed")
        {
            groups.Make(Parent(pod.Qos), new ResourceSpec { CpuShares = pod.Qos == "BestEffort" ? LeastShares : 0 });
        }

        groups.Make(Of(pod), LimitsOf(pod, options.PodProcesses));
    }

    /// <summary>Gives a pod that runs the limits that it asks for by now.</summary>
    public void Update(PodView pod)
    {
        if (groups.Below(Parent(pod.Qos)).Contains(PodPrefix + pod.Uid))
        {
            groups.Make(Of(pod), LimitsOf(pod, options.PodProcesses));
        }
    }

    /// <summary>Takes the limits of a pod as a whole away while those of its containers change: the kernel lets no group have less than one below it.</summary>
    public void Lift(PodView pod)
    {
        if (groups.Below(Parent(pod.Qos)).Contains(PodPrefix + pod.Uid))
        {
            groups.Make(Of(pod), new ResourceSpec { PidsLimit = options.PodProcesses });
        }
    }

    /// <summary>What all pods, or those of one quality, or one pod uses.</summary>
    public UsageSample Read(string path) => groups.Read(path);

    /// <summary>Removes a pod's group.</summary>
    public void Remove(string uid)
    {
        foreach (var quality in (string[])["Burstable", "BestEffort", "Guaranteed"])
        {
            groups.Remove($"{Parent(quality)}/{PodPrefix}{uid}");
        }
    }

    /// <summary>Removes the groups of pods that are none any more.</summary>
    public void Sweep(IReadOnlySet<string> known)
    {
        foreach (var quality in (string[])["Burstable", "BestEffort", "Guaranteed"])
        {
            foreach (var uid in groups.Below(Parent(quality)).Where(static name => name.StartsWith(PodPrefix, StringComparison.Ordinal)).Select(static name => name[PodPrefix.Length..]).Where(uid => !known.Contains(uid)))
            {
                groups.Remove($"{Parent(quality)}/{PodPrefix}{uid}");
            }
        }
    }

    /// <summary>Limits of a pod as a whole: sums, where every container has one.</summary>
    public static ResourceSpec LimitsOf(PodView pod, long processes)
    {
        var (requests, limits) = (PodResources.Requests(pod.Tree), PodResources.Limits(pod.Tree));
        var cpu = Bounded(pod, "cpu") ? limits.GetValueOrDefault("cpu").MilliValue : 0;
        return new ResourceSpec
        {
            CpuShares = Math.Max(LeastShares, requests.GetValueOrDefault("cpu").MilliValue * 1024 / 1000),
            CpuPeriodMicroseconds = cpu == 0 ? 0 : Period,
            CpuQuotaMicroseconds = cpu == 0 ? 0 : Math.Max(1000, cpu * Period / 1000),
            Memory = new ByteSize(Bounded(pod, "memory") ? limits.GetValueOrDefault("memory").Value : 0),
            PidsLimit = processes,
        };
    }

    private static bool Bounded(PodView pod, string name) =>
        pod.Spec.At("resources", "limits", name) is not null || PodResources.Containers(pod.Tree).All(one => Quantity.TryParse(one.At("resources", "limits", name)?.ToString(), out var limit) && !limit.IsZero);

    private string Parent(string quality) => quality == "Guaranteed" ? All : $"{All}/{quality.ToLowerInvariant()}";
}

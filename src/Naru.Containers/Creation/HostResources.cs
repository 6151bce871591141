using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Units;
using Naru.Linux.Cgroups;

namespace Naru.Containers.Creation;

/// <summary>Drops limits that this host cannot keep, with a warning each in Docker's words.</summary>
internal static class HostResources
{
    public static ResourceSpec Fit(ResourceSpec spec, CgroupLayout cgroups, ImmutableArray<string>.Builder warnings)
    {
        var unified = cgroups.Version == CgroupVersion.V2;
        if (spec is { OomKillDisabled: true } && unified)
        {
            warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            spec = spec with { OomKillDisabled = null };
        }

        if (spec is { OomKillDisabled: true, Memory.Bytes: 0 })
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }

        if (spec.MemorySwappiness is >= 0 && unified)
        {
            warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.");
            spec = spec with { MemorySwappiness = null };
        }

        if (spec.MemorySwap.Bytes != 0 && !unified && !HasFile(cgroups, "memory", "memory.memsw.limit_in_bytes"))
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
            spec = spec with { MemorySwap = ByteSize.Zero };
        }

        return FitBlock(spec, cgroups, unified, warnings);
    }

    private static ResourceSpec FitBlock(ResourceSpec spec, CgroupLayout cgroups, bool unified, ImmutableArray<string>.Builder warnings)
    {
        if ((spec.BlockWeight == 0 && spec.BlockWeightDevices.IsEmpty) || unified || HasFile(cgroups, "blkio", "blkio.weight"))
        {
            return spec;
        }

        warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
        return spec with { BlockWeight = 0, BlockWeightDevices = [] };
    }

    private static bool HasFile(CgroupLayout cgroups, string controller, string file) =>
        cgroups.ControllerMounts.TryGetValue(controller, out var mount) && File.Exists(Path.Combine(mount, file));
}

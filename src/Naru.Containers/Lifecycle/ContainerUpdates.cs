using System.Collections.Immutable;
using Naru.Containers.Bundles;
using Naru.Containers.Creation;
using Naru.Containers.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Cgroups;

namespace Naru.Containers.Lifecycle;

/// <summary>Changes limits and restart policy of containers, live ones at once.</summary>
internal sealed class ContainerUpdates(ContainerLifecycle lifecycle, RunLayout layout, CgroupLayout cgroups, ContainerEvents events)
{
    /// <summary>Applies a change inside the cell's gate; returns warnings.</summary>
    public ImmutableArray<string> ApplyInside(ContainerCell cell, ContainerUpdate update)
    {
        var container = cell.Value;
        if (container.Status.Phase is ContainerPhase.Removing or ContainerPhase.Dead)
        {
            throw NaruException.Conflict($"cannot update container {container.Id}: container is marked for removal and cannot be \"update\"");
        }

        var before = container.Spec.Resources;
        var after = update.Resources?.Invoke(before) ?? before;
        CheckSwap(container, before, after);
        ResourceRules.Check(after);
        var warnings = ImmutableArray.CreateBuilder<string>();
        after = HostResources.Fit(after, cgroups, warnings);
        var spec = container.Spec with { Resources = after, Restart = update.Restart ?? container.Spec.Restart };
        if (spec.AutoRemove && spec.Restart.When != RestartWhen.Never)
        {
            throw NaruException.Conflict("Restart policy cannot be updated because AutoRemove is enabled for the container");
        }

        SpecRules.CheckRestart(spec);
        if (container.IsLive && after != before)
        {
            WriteLimits(container, after);
        }

        lifecycle.Save(cell, container with { Spec = spec });
        events.Publish(cell.Value, "update");
        return warnings.ToImmutable();
    }

    private static void CheckSwap(Container container, ResourceSpec before, ResourceSpec after)
    {
        if (after.Memory > before.Memory && before.MemorySwap.Bytes > 0 && after.MemorySwap == before.MemorySwap && after.Memory > after.MemorySwap)
        {
            throw NaruException.Invalid(
                $"cannot update container {container.Id}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        }
    }

    private void WriteLimits(Container container, ResourceSpec resources)
    {
        var (quota, period) = ResourceMapping.Quota(resources);
        try
        {
            CgroupLimitsWriter.Write(layout.CgroupOf(container), new CgroupLimits
            {
                Memory = Asked(resources.Memory.Bytes),
                MemoryAndSwap = Asked(resources.MemorySwap.Bytes),
                MemoryReservation = Asked(resources.MemoryReservation.Bytes),
                CpuShares = Asked(resources.CpuShares),
                CpuQuotaMicroseconds = quota,
                CpuPeriodMicroseconds = (long?)period,
                CpusetCpus = resources.CpusetCpus.Length > 0 ? resources.CpusetCpus : null,
                CpusetMems = resources.CpusetMems.Length > 0 ? resources.CpusetMems : null,
                Pids = resources.PidsLimit is { } limit ? limit == 0 ? -1 : limit : null,
                BlockWeight = Asked(resources.BlockWeight),
            });
        }
        catch (IOException failure)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"cannot update container {container.Id}: {failure.Message}", failure);
        }
    }

    private static long? Asked(long value) => value == 0 ? null : value;
}

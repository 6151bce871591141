using Naru.Containers.Bundles;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Cgroups;
using Naru.Linux.Hosts;

namespace Naru.Containers.Usage;

/// <summary>Makes, limits and measures groups that containers are put below.</summary>
internal sealed class ControlGroups(RunLayout layout, CgroupLayout cgroups, TimeProvider time) : IControlGroups
{
    // Others are made by the OCI runtime, which knows what a new group needs there before a process may enter.
    private static readonly string[] Limited = ["cpu", "cpuacct", "memory", "pids"];

    public string Root => layout.CgroupRoot;

    public void Make(string path, ResourceSpec limits)
    {
        var group = new ControlGroup(cgroups, path);
        if (cgroups.Version == CgroupVersion.V2)
        {
            CgroupMending.DelegateControllers(cgroups, path);
        }

        foreach (var directory in Limited.Select(group.DirectoryOf).OfType<string>())
        {
            Directory.CreateDirectory(directory);
        }

        var (quota, period) = ResourceMapping.Quota(limits);
        try
        {
            CgroupLimitsWriter.Write(group, new CgroupLimits
            {
                Memory = limits.Memory.Bytes == 0 ? -1 : limits.Memory.Bytes,
                CpuShares = limits.CpuShares == 0 ? null : limits.CpuShares,
                CpuPeriodMicroseconds = (long?)period,
                CpuQuotaMicroseconds = quota ?? -1,
                Pids = limits.PidsLimit is null or 0 ? -1 : limits.PidsLimit,
            });
        }
        catch (IOException failure)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"cannot limit the control group {path}: {failure.Message}", failure);
        }
    }

    public bool Remove(string path) => new ControlGroup(cgroups, path).TryDelete();

    public IReadOnlyList<string> Below(string path)
    {
        var directory = Limited.Select(new ControlGroup(cgroups, path).DirectoryOf).OfType<string>().FirstOrDefault(Directory.Exists);
        return directory is null ? [] : [.. Directory.EnumerateDirectories(directory).Select(static one => Path.GetFileName(one))];
    }

    public UsageSample Read(string path) => CgroupUsage.Read(
        new ControlGroup(cgroups, path), new UsageSample { At = time.GetUtcNow(), HostCpu = ProcFiles.HostProcessorTime(), Processors = ProcFiles.OnlineProcessors() });
}

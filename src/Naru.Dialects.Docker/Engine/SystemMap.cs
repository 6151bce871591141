using Naru.Core.Hosts;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Engine;

/// <summary>From the facts of the host to <c>/version</c> and <c>/info</c>.</summary>
internal static class SystemMap
{
    public static VersionInfo Version(HostFacts facts) => new()
    {
        Platform = new VersionPlatform { Name = "Naru" },
        Components =
        [
            new VersionComponent
            {
                Name = "Engine",
                Version = facts.Version,
                Details = new SortedDictionary<string, string>
                {
                    ["ApiVersion"] = ApiVersion.Highest.ToString(),
                    ["Arch"] = facts.Platform.Architecture,
                    ["BuildTime"] = facts.BuildTime,
                    ["Experimental"] = "false",
                    ["GitCommit"] = facts.Commit,
                    ["GoVersion"] = "",
                    ["KernelVersion"] = facts.KernelVersion,
                    ["MinAPIVersion"] = ApiVersion.Lowest.ToString(),
                    ["Os"] = "linux",
                },
            },
            new VersionComponent { Name = facts.DefaultRuntime, Version = facts.RuntimeVersion },
        ],
        Version = facts.Version,
        ApiVersion = ApiVersion.Highest.ToString(),
        MinAPIVersion = ApiVersion.Lowest.ToString(),
        GitCommit = facts.Commit,
        Os = "linux",
        Arch = facts.Platform.Architecture,
        KernelVersion = facts.KernelVersion,
        BuildTime = facts.BuildTime,
    };

    public static SystemInfo Info(HostFacts facts, ProcessFigures figures, DateTimeOffset now) => new()
    {
        ID = facts.InstanceId,
        Driver = "overlay2",
        DriverStatus = [["Backing Filesystem", facts.BackingFileSystem], ["Supports d_type", "true"], ["Using metacopy", "false"], ["Native Overlay Diff", "true"]],
        MemoryLimit = Has(facts, "memory"),
        SwapLimit = Has(facts, "memory"),
        CpuCfsPeriod = Has(facts, "cpu"),
        CpuCfsQuota = Has(facts, "cpu"),
        CPUShares = Has(facts, "cpu"),
        CPUSet = Has(facts, "cpuset"),
        PidsLimit = Has(facts, "pids"),
        OomKillDisable = facts.CgroupVersion == 1 && Has(facts, "memory"),
        KernelMemory = facts.CgroupVersion == 1 && Has(facts, "memory") ? true : null,
        KernelMemoryTCP = facts.CgroupVersion == 1 && Has(facts, "memory") ? true : null,
        IPv4Forwarding = facts.IPv4Forwarding,
        BridgeNfIptables = false,
        BridgeNfIp6tables = false,
        NFd = figures.OpenDescriptors,
        NGoroutines = figures.Threads,
        SystemTime = GoTime.Format(now),
        LoggingDriver = facts.DefaultLogDriver,
        CgroupVersion = facts.CgroupVersion == 1 ? "1" : "2",
        KernelVersion = facts.KernelVersion,
        OperatingSystem = facts.OperatingSystem,
        OSVersion = facts.OperatingSystemVersion,
        Architecture = facts.Machine,
        RegistryConfig = RegistryOf(facts),
        NCPU = facts.Processors,
        MemTotal = facts.Memory,
        DockerRootDir = facts.DataDirectory,
        Name = facts.Name,
        Labels = [.. facts.Labels],
        ServerVersion = facts.Version,
        Runtimes = new SortedDictionary<string, RuntimeInfo>(facts.Runtimes.ToDictionary(entry => entry.Key, entry => new RuntimeInfo { Path = entry.Value })),
        DefaultRuntime = facts.DefaultRuntime,
        InitBinary = Path.GetFileName(facts.InitPath),

        // Containers do not end with naru, and the next start takes them over.
        LiveRestoreEnabled = true,
        ContainerdCommit = new CommitInfo { Expected = "" },
        RuncCommit = new CommitInfo { ID = facts.RuntimeVersion, Expected = facts.RuntimeVersion },
        InitCommit = new CommitInfo { Expected = "" },
        SecurityOptions = SecurityOf(facts),
        FirewallBackend = new FirewallInfo { Driver = "nftables" },
        CDISpecDirs = [],
        Warnings = facts.Warnings.IsEmpty ? null : [.. facts.Warnings],
    };

    private static bool Has(HostFacts facts, string controller) => facts.CgroupControllers.Contains(controller);

    private static string[] SecurityOf(HostFacts facts)
    {
        var options = new List<string>();
        if (facts.AppArmor)
        {
            options.Add("name=apparmor");
        }
        if (facts.Seccomp)
        {
            options.Add("name=seccomp,profile=builtin");
        }
        if (facts.CgroupVersion == 2)
        {
            options.Add("name=cgroupns");
        }
        return [.. options];
    }

    private static RegistryConfig RegistryOf(HostFacts facts)
    {
        var config = new RegistryConfig
        {
            InsecureRegistryCIDRs = [.. facts.InsecureRegistries.Where(entry => entry.Contains('/', StringComparison.Ordinal)).Union(["127.0.0.0/8", "::1/128"], StringComparer.Ordinal)],
            Mirrors = [.. facts.RegistryMirrors],
        };
        config.IndexConfigs["docker.io"] = new IndexInfo { Name = "docker.io", Mirrors = [.. facts.RegistryMirrors], Secure = true, Official = true };
        foreach (var name in facts.InsecureRegistries.Where(entry => !entry.Contains('/', StringComparison.Ordinal)))
        {
            config.IndexConfigs[name] = new IndexInfo { Name = name };
        }
        return config;
    }
}

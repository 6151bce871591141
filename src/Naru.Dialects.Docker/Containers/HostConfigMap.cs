using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>What docker fills in where nothing was asked and shows in an inspection.</summary>
internal sealed record HostDefaults(int CgroupVersion, string Runtime, string LogDriver, string HostName)
{
    public static HostDefaults From(HostFacts facts) => new(facts.CgroupVersion, facts.DefaultRuntime, facts.DefaultLogDriver, facts.Name);
}

/// <summary>From a container's spec back to <see cref="HostConfig"/>, defaults filled in.</summary>
internal static class HostConfigMap
{
    private const long DefaultSharedMemory = 64 * 1024 * 1024;

    private static readonly string[] DefaultMaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] DefaultReadonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static HostConfig Show(ContainerSpec spec, HostDefaults defaults)
    {
        var lists = EmptyLists.From(spec.DialectNotes);
        var (network, isolation) = (spec.Network, spec.Isolation);
        var ports = NetworkMap.Show(network.Bindings);
        var host = new HostConfig
        {
            Binds = lists.Shown(nameof(HostConfig.Binds), [.. spec.Mounts.Where(mount => mount.ShortForm && mount.Kind != MountKind.Tmpfs).Select(MountMap.ShowBind)], true),
            ContainerIDFile = spec.DialectNotes.GetValueOrDefault(SpecMap.IdFileNote, ""),
            LogConfig = new LogConfig { Type = spec.Log.Driver.Length > 0 ? spec.Log.Driver : defaults.LogDriver, Config = WireMaps.Map(spec.Log.Options) },
            NetworkMode = network.Mode is "" or "default" ? "bridge" : network.Mode,
            PortBindings = ports.Count == 0 && lists.IsNull(nameof(HostConfig.PortBindings), false) ? null : ports,
            RestartPolicy = RestartMap.ToWire(spec.Restart),
            AutoRemove = spec.AutoRemove,
            VolumeDriver = spec.VolumeDriver,
            VolumesFrom = lists.Shown(nameof(HostConfig.VolumesFrom), spec.VolumesFrom, true),
            ConsoleSize = spec.Process.TerminalSize is { } size ? [size.Rows, size.Columns] : [0, 0],
            Annotations = WireMaps.MapOrNull(spec.Annotations),
            CapAdd = lists.Shown(nameof(HostConfig.CapAdd), isolation.CapabilitiesAdded, true),
            CapDrop = lists.Shown(nameof(HostConfig.CapDrop), isolation.CapabilitiesDropped, true),
            CgroupnsMode = isolation.CgroupMode.Length > 0 ? isolation.CgroupMode : DefaultCgroupMode(isolation, defaults),
            Dns = lists.Shown(nameof(HostConfig.Dns), network.Dns, false),
            DnsOptions = lists.Shown(nameof(HostConfig.DnsOptions), network.DnsOptions, false),
            DnsSearch = lists.Shown(nameof(HostConfig.DnsSearch), network.DnsSearch, false),
            ExtraHosts = lists.Shown(nameof(HostConfig.ExtraHosts), network.ExtraHosts, true),
            GroupAdd = lists.Shown(nameof(HostConfig.GroupAdd), isolation.Groups, true),
            IpcMode = isolation.IpcMode.Length > 0 ? isolation.IpcMode : "private",
            Cgroup = spec.DialectNotes.GetValueOrDefault(SpecMap.CgroupNote, ""),
            Links = lists.Shown(nameof(HostConfig.Links), network.Links, true),
            OomScoreAdj = spec.Resources.OomScoreAdjustment,
            PidMode = isolation.PidMode,
            Privileged = isolation.Privileged,
            PublishAllPorts = network.PublishAll,
            ReadonlyRootfs = isolation.ReadOnlyRoot,
            SecurityOpt = lists.Shown(nameof(HostConfig.SecurityOpt), isolation.SecurityOptions, true),
            StorageOpt = WireMaps.MapOrNull(spec.StorageOptions),
            Tmpfs = ShowTmpfs(spec),
            UTSMode = isolation.UtsMode,
            UsernsMode = isolation.UserMode,
            ShmSize = spec.Resources.SharedMemory.Bytes == 0 ? DefaultSharedMemory : spec.Resources.SharedMemory.Bytes,
            Sysctls = WireMaps.MapOrNull(isolation.Sysctls),
            Runtime = spec.Runtime.Length > 0 ? spec.Runtime : defaults.Runtime,
            Isolation = spec.DialectNotes.GetValueOrDefault(SpecMap.IsolationNote, ""),
            Mounts = ShowMounts(spec),
            MaskedPaths = isolation.MaskedPaths is { } masked ? [.. masked] : isolation.Privileged ? null : DefaultMaskedPaths,
            ReadonlyPaths = isolation.ReadOnlyPaths is { } readOnly ? [.. readOnly] : isolation.Privileged ? null : DefaultReadonlyPaths,
            Init = isolation.Init,
        };
        ResourceMap.Show(spec.Resources, host, lists, defaults.CgroupVersion);
        return host;
    }

    /// <summary>Privileged containers and hosts with control groups of version 1 share the host's view.</summary>
    private static string DefaultCgroupMode(IsolationSpec isolation, HostDefaults defaults) =>
        defaults.CgroupVersion == 1 || isolation.Privileged ? "host" : "private";

    private static SortedDictionary<string, string>? ShowTmpfs(ContainerSpec spec)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var mount in spec.Mounts.Where(mount => mount.ShortForm && mount.Kind == MountKind.Tmpfs))
        {
            map[mount.Target] = mount.Mode;
        }
        return map.Count == 0 ? null : map;
    }

    private static Mount[]? ShowMounts(ContainerSpec spec)
    {
        Mount[] mounts = [.. spec.Mounts.Where(mount => !mount.ShortForm).Select(MountMap.Show)];
        return mounts.Length == 0 ? null : mounts;
    }
}

using Naru.Core.Containers;
using Naru.Linux.Cgroups;

namespace Naru.Containers.Bundles;

/// <summary>Makes the OCI configuration of a container. Pure but for device nodes, which are looked up on the host.</summary>
internal sealed class OciSpecBuilder(HostAbilities host)
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly string[] DefaultMasked =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    private static readonly string[] DefaultReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public OciSpec Build(BundleInput input)
    {
        var spec = input.Spec;
        var capabilities = CapabilitiesOf(spec);
        var (devices, rules) = DeviceMappings.Build(spec);
        var joinsUts = spec.Isolation.UtsMode == "host";
        return new OciSpec
        {
            Process = Process(input, capabilities),
            Root = new OciRoot(input.RootPath, spec.Isolation.ReadOnlyRoot),
            Hostname = joinsUts ? null : input.Hostname,
            Domainname = joinsUts || string.IsNullOrEmpty(spec.DomainName) ? null : spec.DomainName,
            Mounts = MountMapping.Build(input),
            Annotations = spec.Annotations.IsEmpty ? null : spec.Annotations,
            Linux = new OciLinux
            {
                Namespaces = Namespaces(input),
                UidMappings = Mappings(spec),
                GidMappings = Mappings(spec),
                CgroupsPath = input.CgroupPath,
                Resources = new OciResources
                {
                    Devices = rules,
                    Memory = ResourceMapping.Memory(spec.Resources, host.Cgroups.Version == CgroupVersion.V2),
                    Cpu = ResourceMapping.Cpu(spec.Resources),
                    Pids = ResourceMapping.Pids(spec.Resources),
                    BlockIo = ResourceMapping.BlockIo(spec.Resources),
                },
                Devices = devices,
                Sysctl = Sysctls(input),
                Seccomp = Seccomp(spec, capabilities),
                RootfsPropagation = Propagation(input.Mounts),
                MaskedPaths = Paths(spec, spec.Isolation.MaskedPaths, DefaultMasked),
                ReadonlyPaths = Paths(spec, spec.Isolation.ReadOnlyPaths, DefaultReadOnly),
            },
        };
    }

    /// <summary>The process of an exec in a container of this spec.</summary>
    public OciProcess BuildExec(ContainerSpec container, ExecSpec exec, ContainerUser user, string hostname)
    {
        var capabilities = exec.Privileged
            ? [.. Capabilities.Resolve([], [], privileged: true, host.Capabilities)]
            : CapabilitiesOf(container);
        var environment = EnvironmentOf(
            container.Process with { Terminal = exec.Terminal }, hostname, user, [.. container.Process.Environment, .. exec.Environment]);
        return new OciProcess
        {
            Terminal = exec.Terminal,
            ConsoleSize = exec is { Terminal: true, TerminalSize: { } size } ? new OciBox(size.Rows, size.Columns) : null,
            User = new OciUser { Uid = user.Uid, Gid = user.Gid, AdditionalGids = user.Groups },
            Args = exec.Command,
            Env = environment,
            Cwd = DirectoryOf(exec.WorkingDirectory.Length > 0 ? exec.WorkingDirectory : container.Process.WorkingDirectory),
            Capabilities = ForUser(capabilities, user),
            Rlimits = ResourceMapping.Rlimits(container.Resources, LimitsFor(container)),
            NoNewPrivileges = SecurityOptions.Parse(container.Isolation).NoNewPrivileges && !exec.Privileged,
        };
    }

    private HashSet<string> CapabilitiesOf(ContainerSpec spec) => [.. Capabilities.Resolve(
        spec.Isolation.CapabilitiesAdded, spec.Isolation.CapabilitiesDropped, spec.Isolation.Privileged, host.Capabilities)];

    private OciProcess Process(BundleInput input, HashSet<string> capabilities)
    {
        var spec = input.Spec;
        return new OciProcess
        {
            Terminal = spec.Process.Terminal,
            ConsoleSize = spec.Process is { Terminal: true, TerminalSize: { } size } ? new OciBox(size.Rows, size.Columns) : null,
            User = new OciUser { Uid = input.User.Uid, Gid = input.User.Gid, AdditionalGids = input.User.Groups },
            Args = input.InitPath.Length > 0 ? [BundleInput.InitTarget, "--", .. input.Arguments] : input.Arguments,
            Env = EnvironmentOf(spec.Process, input.Hostname, input.User, input.LinkVariables.Concat(spec.Process.Environment)),
            Cwd = DirectoryOf(spec.Process.WorkingDirectory),
            Capabilities = ForUser(capabilities, input.User),
            Rlimits = ResourceMapping.Rlimits(spec.Resources, LimitsFor(spec)),
            NoNewPrivileges = SecurityOptions.Parse(spec.Isolation).NoNewPrivileges,
            OomScoreAdj = LimitsFor(spec).ClampOomScore(spec.Resources.OomScoreAdjustment),
            ApparmorProfile = input.AppArmorProfile.Length > 0 ? input.AppArmorProfile : null,
        };
    }

    // What execve would do: only root starts with effective capabilities.
    private static OciCapabilities ForUser(IEnumerable<string> capabilities, ContainerUser user)
    {
        string[] all = [.. capabilities.Order(StringComparer.Ordinal)];
        return new OciCapabilities { Bounding = all, Effective = user.Uid == 0 ? all : [], Permitted = user.Uid == 0 ? all : [] };
    }

    /// <summary>Docker's defaults, overlaid by what image and caller say; a bare name removes one.</summary>
    private static List<string> EnvironmentOf(ProcessSpec process, string hostname, ContainerUser user, IEnumerable<string> asked)
    {
        List<string> environment = [DefaultPath, "HOSTNAME=" + hostname];
        if (process.Terminal)
        {
            environment.Add("TERM=xterm");
        }

        foreach (var entry in asked)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var prefix = equals < 0 ? entry + "=" : entry[..(equals + 1)];
            var place = environment.FindIndex(known => known.StartsWith(prefix, StringComparison.Ordinal));
            if (equals < 0)
            {
                environment.RemoveAll(known => known.StartsWith(prefix, StringComparison.Ordinal));
            }
            else if (place >= 0)
            {
                environment[place] = entry;
            }
            else
            {
                environment.Add(entry);
            }
        }

        if (!environment.Exists(static entry => entry.StartsWith("HOME=", StringComparison.Ordinal)))
        {
            environment.Add("HOME=" + user.Home);
        }

        return environment;
    }

    private static string DirectoryOf(string? asked) => string.IsNullOrEmpty(asked) ? "/" : WorkingDirectories.Normalise(asked);

    // With users of its own the runtime is no root any more when it comes to limits.
    private HostLimits LimitsFor(ContainerSpec spec) => spec.Isolation.Users is null ? host.Limits : host.Limits.WithoutPrivilege();

    private static OciIdMapping[]? Mappings(ContainerSpec spec) => spec.Isolation.Users is { } users ? [new OciIdMapping(0, users.First, users.Count)] : null;

    private List<OciNamespace> Namespaces(BundleInput input)
    {
        var isolation = input.Spec.Isolation;
        List<OciNamespace> namespaces = [new("mount")];
        if (isolation.Users is not null)
        {
            namespaces.Add(new OciNamespace("user", input.Network.UserNamespacePath));
        }

        Add("pid", isolation.PidMode != "host");
        Add("ipc", isolation.IpcMode != "host");
        Add("uts", isolation.UtsMode != "host");
        if (input.Spec.Network.Mode != "host" || input.Spec.Network.Disabled)
        {
            namespaces.Add(new OciNamespace("network", input.JoinedNamespaces.GetValueOrDefault("network")
                ?? (input.Network.NamespacePath.Length > 0 ? input.Network.NamespacePath : null)));
        }

        Add("cgroup", isolation.CgroupMode switch
        {
            "private" => true,
            "host" => false,
            _ => host.Cgroups.Version == CgroupVersion.V2 && !isolation.Privileged,
        });
        return namespaces;

        void Add(string type, bool own)
        {
            if (own)
            {
                namespaces.Add(new OciNamespace(type, input.JoinedNamespaces.GetValueOrDefault(type)));
            }
        }
    }

    private static SortedDictionary<string, string>? Sysctls(BundleInput input)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (input.Spec.Network.Mode != "host" && input.Spec.Isolation.Users is null && !input.JoinedNamespaces.ContainsKey("network"))
        {
            // As Docker does: any port and any group's ping need no capability inside a network namespace of one's own (where there are other users, it was made so: these have no group of the highest number).
            all["net.ipv4.ip_unprivileged_port_start"] = "0";
            all["net.ipv4.ping_group_range"] = "0 2147483647";
        }

        foreach (var (name, value) in input.Spec.Isolation.Sysctls)
        {
            all[name] = value;
        }

        return all.Count == 0 ? null : all;
    }

    private OciSeccomp? Seccomp(ContainerSpec spec, HashSet<string> capabilities)
    {
        var profile = SecurityOptions.Parse(spec.Isolation).SeccompProfile;
        if (!host.HasSeccomp || profile == SecurityOptions.Unconfined || (spec.Isolation.Privileged && profile.Length == 0))
        {
            return null;
        }

        return profile.Length == 0 ? host.Seccomp.Default(capabilities) : host.Seccomp.Resolve(profile, capabilities);
    }

    private static string? Propagation(IEnumerable<MountPoint> mounts)
    {
        var words = mounts.Select(static mount => mount.Propagation).ToHashSet();
        return words.Contains("shared") || words.Contains("rshared") ? "shared"
            : words.Contains("slave") || words.Contains("rslave") ? "slave"
            : null;
    }

    private static IReadOnlyList<string>? Paths(ContainerSpec spec, IReadOnlyList<string>? asked, string[] defaults) =>
        spec.Isolation.Privileged || SecurityOptions.Parse(spec.Isolation).SystemPathsOpen ? null : asked ?? defaults;
}

using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>The baseline: nothing that is known to lead out of the container.</summary>
internal static class BaselineChecks
{
    private static readonly HashSet<string> Capabilities =
        ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"];

    private static readonly HashSet<string> SelinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    private static readonly (string Name, int Since)[] Sysctls =
    [
        ("kernel.shm_rmid_forced", 0), ("net.ipv4.ip_local_port_range", 0), ("net.ipv4.tcp_syncookies", 0), ("net.ipv4.ping_group_range", 0), ("net.ipv4.ip_unprivileged_port_start", 0),
        ("net.ipv4.ip_local_reserved_ports", 27), ("net.ipv4.tcp_keepalive_time", 29), ("net.ipv4.tcp_fin_timeout", 29), ("net.ipv4.tcp_keepalive_intvl", 29), ("net.ipv4.tcp_keepalive_probes", 29),
        ("net.ipv4.tcp_rmem", 32), ("net.ipv4.tcp_wmem", 32),
    ];

    private static readonly (string, string)[] Hooks = [("livenessProbe", ""), ("readinessProbe", ""), ("startupProbe", ""), ("lifecycle", "postStart"), ("lifecycle", "preStop")];

    private static readonly string[] HostFields = ["hostNetwork", "hostPID", "hostIPC"];

    // In the order in which they are named to users.
    public static readonly SecurityCheck[] All =
    [
        new(SecurityLevel.Baseline, "forbidden AppArmor profile", AppArmor),
        new(SecurityLevel.Baseline, "non-default capabilities", static (pod, _) => Added(pod, Capabilities)),
        new(SecurityLevel.Baseline, "host namespaces", HostNamespaces),
        new(SecurityLevel.Baseline, "hostPath volumes", HostPaths),
        new(SecurityLevel.Baseline, "hostPort", HostPorts),
        new(SecurityLevel.Baseline, "probe or lifecycle host", HookHosts, Since: 34),
        new(SecurityLevel.Baseline, "privileged", Privileged),
        new(SecurityLevel.Baseline, "procMount", ProcMount),
        new(SecurityLevel.Baseline, "seLinuxOptions", Selinux),
        new(SecurityLevel.Baseline, "seccompProfile", Seccomp, Since: 19),
        new(SecurityLevel.Baseline, "forbidden sysctls", ForbiddenSysctls),
        new(SecurityLevel.Baseline, "hostProcess", HostProcess),
    ];

    /// <summary>Capabilities that are added and not among the allowed ones.</summary>
    public static string? Added(PodView pod, HashSet<string> allowed)
    {
        var forbidden = new SortedSet<string>(StringComparer.Ordinal);
        var containers = pod.Where(container =>
        {
            var bad = (container.List("securityContext", "capabilities", "add")?.Texts() ?? []).Where(one => !allowed.Contains(one)).ToList();
            bad.ForEach(one => forbidden.Add(one));
            return bad.Count > 0;
        });
        return containers.Count == 0 ? null : $"{PodView.Words(containers)} must not include {PodView.Quote(forbidden)} in securityContext.capabilities.add";
    }

    public static string? HostPaths(PodView pod, int minor)
    {
        var volumes = pod.Spec.Maps("volumes").Where(static one => one.Has("hostPath")).Select(static one => one.Text("name") ?? "").ToList();
        return volumes.Count == 0 ? null : PodView.Words(volumes, "volume");
    }

    public static string? Seccomp(PodView pod, int minor)
    {
        static bool IsBad(MapValue? context) => context?.Text("seccompProfile", "type") is { } type && type is not ("RuntimeDefault" or "Localhost");
        return PodView.WhoDoes(IsBad(pod.Context), pod.Where(static one => IsBad(one.Map("securityContext"))), "must not set securityContext.seccompProfile.type to \"Unconfined\"");
    }

    private static string? HostNamespaces(PodView pod, int minor)
    {
        var used = HostFields.Where(field => pod.Spec.Boolean(field) == true).Select(static field => $"{field}=true").ToList();
        return used.Count == 0 ? null : string.Join(", ", used);
    }

    private static string? HostPorts(PodView pod, int minor)
    {
        var ports = new SortedSet<long>();
        var containers = pod.Where(container =>
        {
            var used = container.Maps("ports").Select(static port => port.Integer("hostPort") ?? 0).Where(static port => port != 0).ToList();
            used.ForEach(port => ports.Add(port));
            return used.Count > 0;
        });
        return containers.Count == 0 ? null : $"{PodView.Words(containers)} use{(containers.Count == 1 ? "s" : "")} hostPort{(ports.Count == 1 ? "" : "s")} {string.Join(", ", ports)}";
    }

    private static string? HookHosts(PodView pod, int minor)
    {
        var hosts = new SortedSet<string>(StringComparer.Ordinal);
        var containers = pod.Where(container =>
        {
            var before = hosts.Count;
            foreach (var (hook, part) in Hooks)
            {
                foreach (var action in (ReadOnlySpan<string>)["httpGet", "tcpSocket"])
                {
                    var host = part.Length == 0 ? container.Text(hook, action, "host") : container.Text(hook, part, action, "host");
                    if (!string.IsNullOrEmpty(host))
                    {
                        hosts.Add(host);
                    }
                }
            }

            return hosts.Count > before;
        });
        return containers.Count == 0 ? null : $"{PodView.Words(containers)} use{(containers.Count == 1 ? "s" : "")} probe or lifecycle host{(hosts.Count == 1 ? "" : "s")} {PodView.Quote(hosts)}";
    }

    private static string? Privileged(PodView pod, int minor) =>
        PodView.WhoDoes(false, pod.Where(static one => one.Boolean("securityContext", "privileged") == true), "must not set securityContext.privileged=true");

    private static string? ProcMount(PodView pod, int minor)
    {
        var bad = pod.Where(static one => one.Text("securityContext", "procMount") is { } mount && mount != "Default");
        return PodView.WhoDoes(false, bad, "must not set securityContext.procMount to \"Unmasked\"");
    }

    private static string? HostProcess(PodView pod, int minor) => PodView.WhoDoes(
        pod.Context?.Boolean("windowsOptions", "hostProcess") == true,
        pod.Where(static one => one.Boolean("securityContext", "windowsOptions", "hostProcess") == true),
        "must not set securityContext.windowsOptions.hostProcess=true");

    private static string? AppArmor(PodView pod, int minor)
    {
        static bool IsBad(MapValue? context) => context?.Text("appArmorProfile", "type") == "Unconfined";
        var found = new List<string>();
        if (PodView.WhoDoes(IsBad(pod.Context), pod.Where(static one => IsBad(one.Map("securityContext"))), "must not set AppArmor profile type to \"Unconfined\"") is { } text)
        {
            found.Add(text);
        }

        foreach (var (name, value) in pod.Metadata.Map("annotations") ?? [])
        {
            var isOld = name.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal);
            if (isOld && value.ToString() is { } profile && profile is not ("" or "runtime/default") && !profile.StartsWith("localhost/", StringComparison.Ordinal))
            {
                found.Add($"{name}=\"{profile}\"");
            }
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }

    private static string? Selinux(PodView pod, int minor)
    {
        var (types, user, role) = (new SortedSet<string>(StringComparer.Ordinal), false, false);
        bool IsBad(MapValue? context)
        {
            if (context?.Map("seLinuxOptions") is not { } options)
            {
                return false;
            }

            var (type, hasUser, hasRole) = (options.Text("type") ?? "", options.Text("user") is { Length: > 0 }, options.Text("role") is { Length: > 0 });
            var badType = !SelinuxTypes.Contains(type) || (type == "container_engine_t" && minor < 31);
            if (badType)
            {
                types.Add(type);
            }

            (user, role) = (user || hasUser, role || hasRole);
            return badType || hasUser || hasRole;
        }

        var who = PodView.WhoDoes(IsBad(pod.Context), pod.Where(one => IsBad(one.Map("securityContext"))), "set forbidden securityContext.seLinuxOptions: ");
        var what = new List<string>();
        if (types.Count > 0)
        {
            what.Add($"type{(types.Count == 1 ? "" : "s")} {PodView.Quote(types)}");
        }

        if (user)
        {
            what.Add("user may not be set");
        }

        if (role)
        {
            what.Add("role may not be set");
        }

        return who is null ? null : who + string.Join("; ", what);
    }

    private static string? ForbiddenSysctls(PodView pod, int minor)
    {
        var bad = (pod.Context?.Maps("sysctls") ?? []).Select(static one => one.Text("name") ?? "").Where(name => !Sysctls.Any(one => one.Name == name && one.Since <= minor)).ToList();
        return bad.Count == 0 ? null : string.Join(", ", bad);
    }
}

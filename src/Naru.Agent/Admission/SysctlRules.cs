using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Admission;

/// <summary>Which kernel parameters pods may set: those that belong to their own namespaces and harm nobody, and those that the node's options allow. Pure.</summary>
internal static class SysctlRules
{
    private static readonly HashSet<string> Safe = new(StringComparer.Ordinal)
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    };

    /// <summary>The first parameter that is not allowed, as a message; null: all are.</summary>
    public static string? Check(PodView pod, IReadOnlyList<string> allowed)
    {
        foreach (var name in pod.Spec.Maps("securityContext", "sysctls").Select(static one => (one.Text("name") ?? "").Replace('/', '.')))
        {
            if ((pod.HostNetwork && name.StartsWith("net.", StringComparison.Ordinal)) || (pod.Spec.Boolean("hostIPC") == true && !name.StartsWith("net.", StringComparison.Ordinal)))
            {
                return $"forbidden sysctl: \"{name}\" not allowed with {(name.StartsWith("net.", StringComparison.Ordinal) ? "host net" : "host ipc")} enabled";
            }

            if (!Safe.Contains(name) && !allowed.Any(pattern => Covers(pattern, name)))
            {
                return $"forbidden sysctl: \"{name}\" not allowlisted";
            }
        }

        return null;
    }

    private static bool Covers(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;
}

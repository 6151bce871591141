using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>The restricted level: what hardened pods look like.</summary>
internal static class RestrictedChecks
{
    private static readonly HashSet<string> VolumeTypes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    public static readonly SecurityCheck[] All =
    [
        new(SecurityLevel.Restricted, "allowPrivilegeEscalation != false", Escalation, Since: 8),
        new(SecurityLevel.Restricted, "unrestricted capabilities", Capabilities, Since: 22, Softer: BaselineChecks.All[1].Find),
        new(SecurityLevel.Restricted, "restricted volume types", Volumes, Softer: BaselineChecks.HostPaths),
        new(SecurityLevel.Restricted, "runAsNonRoot != true", NonRoot),
        new(SecurityLevel.Restricted, "runAsUser=0", RootUser, Since: 23),
        new(SecurityLevel.Restricted, "seccompProfile", Seccomp, Since: 19, Softer: BaselineChecks.Seccomp),
    ];

    private static bool Spares(PodView pod, int minor) => pod.IsWindows && minor >= 25;

    private static string? Escalation(PodView pod, int minor) => Spares(pod, minor)
        ? null
        : PodView.WhoDoes(false, pod.Where(static one => one.Boolean("securityContext", "allowPrivilegeEscalation") != false), "must set securityContext.allowPrivilegeEscalation=false");

    private static string? Capabilities(PodView pod, int minor)
    {
        if (Spares(pod, minor))
        {
            return null;
        }

        var keep = pod.Where(static one => one.List("securityContext", "capabilities", "drop")?.Texts().Contains("ALL") != true);
        var found = new List<string>();
        if (keep.Count > 0)
        {
            found.Add($"{PodView.Words(keep)} must set securityContext.capabilities.drop=[\"ALL\"]");
        }

        if (BaselineChecks.Added(pod, ["NET_BIND_SERVICE"]) is { } added)
        {
            found.Add(added);
        }

        return found.Count == 0 ? null : string.Join("; ", found);
    }

    private static string? Volumes(PodView pod, int minor)
    {
        var types = new SortedSet<string>(StringComparer.Ordinal);
        var volumes = new List<string>();
        foreach (var volume in pod.Spec.Maps("volumes"))
        {
            var bad = volume.Names.Where(static field => field != "name" && !VolumeTypes.Contains(field)).ToList();
            if (bad.Count > 0)
            {
                volumes.Add(volume.Text("name") ?? "");
                bad.ForEach(type => types.Add(type));
            }
        }

        return volumes.Count == 0 ? null : $"{PodView.Words(volumes, "volume")} use{(volumes.Count == 1 ? "s" : "")} restricted volume type{(types.Count == 1 ? "" : "s")} {PodView.Quote(types)}";
    }

    private static string? NonRoot(PodView pod, int minor)
    {
        var own = pod.Context?.Boolean("runAsNonRoot");
        var explicitly = pod.Where(static one => one.Boolean("securityContext", "runAsNonRoot") == false);
        if (PodView.WhoDoes(own == false && pod.Containers.Any(static one => one.Boolean("securityContext", "runAsNonRoot") != true), explicitly, "must not set securityContext.runAsNonRoot=false") is { } bad)
        {
            return bad;
        }

        var silent = own == true ? [] : pod.Where(static one => one.Boolean("securityContext", "runAsNonRoot") is null);
        return silent.Count == 0 ? null : $"pod or {PodView.Words(silent)} must set securityContext.runAsNonRoot=true";
    }

    private static string? RootUser(PodView pod, int minor) =>
        PodView.WhoDoes(pod.Context?.Integer("runAsUser") == 0, pod.Where(static one => one.Integer("securityContext", "runAsUser") == 0), "must not set runAsUser=0");

    private static string? Seccomp(PodView pod, int minor)
    {
        if (Spares(pod, minor))
        {
            return null;
        }

        if (BaselineChecks.Seccomp(pod, minor) is { } bad)
        {
            return bad;
        }

        var silent = pod.Context?.Text("seccompProfile", "type") is not null ? [] : pod.Where(static one => one.Text("securityContext", "seccompProfile", "type") is null);
        return silent.Count == 0 ? null : $"pod or {PodView.Words(silent)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"";
    }
}

using System.Globalization;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Security contexts of a pod and a container as the engine's words; the container's win. Pure.</summary>
internal static class ContainerSecurity
{
    /// <summary>Namespaces, capabilities and profiles.</summary>
    public static IsolationSpec Isolation(PodView pod, PodMember member, string sandbox, string? target, Func<string, string> readProfile)
    {
        var own = member.Spec.Map("securityContext");
        var privileged = own?.Boolean("privileged") == true;
        return new IsolationSpec
        {
            Privileged = privileged,
            CapabilitiesAdded = [.. own?.List("capabilities", "add")?.Texts() ?? []],
            CapabilitiesDropped = [.. own?.List("capabilities", "drop")?.Texts() ?? []],
            SecurityOptions = [.. Options(pod, own, privileged, readProfile)],
            ReadOnlyRoot = own?.Boolean("readOnlyRootFilesystem") == true,
            Groups = [.. Groups(pod)],
            WithoutImageGroups = pod.Spec.Text("securityContext", "supplementalGroupsPolicy") == "Strict",
            PidMode = pod.Spec.Boolean("hostPID") == true ? "host" : target is not null ? $"container:{target}" : pod.SharesProcesses ? $"container:{sandbox}" : "",
            IpcMode = pod.Spec.Boolean("hostIPC") == true ? "host" : $"container:{sandbox}",
            UtsMode = pod.HostNetwork ? "host" : "",
            Init = false,
        };
    }

    /// <summary><c>user[:group]</c>; null: the image's.</summary>
    /// <exception cref="ConfigFailure">It is to be no root and would be.</exception>
    public static string? User(PodView pod, PodMember member, Image image)
    {
        var (own, shared) = (member.Spec.Map("securityContext"), pod.Spec.Map("securityContext"));
        var user = own?.Integer("runAsUser") ?? shared?.Integer("runAsUser");
        var group = own?.Integer("runAsGroup") ?? shared?.Integer("runAsGroup");
        if ((own?.Boolean("runAsNonRoot") ?? shared?.Boolean("runAsNonRoot")) == true)
        {
            CheckNoRoot(pod, member, user, image.Config.User.Split(':')[0]);
        }

        var name = user?.ToString(CultureInfo.InvariantCulture) ?? (group is null ? null : image.Config.User.Split(':')[0] is { Length: > 0 } named ? named : "0");
        return group is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{group}");
    }

    private static void CheckNoRoot(PodView pod, PodMember member, long? user, string imageUser)
    {
        var about = $"(pod: \"{pod.LogName}\", container: {member.Name})";
        if (user == 0)
        {
            throw ConfigFailure.Config($"container's runAsUser breaks non-root policy {about}");
        }

        if (user is null && imageUser is "" or "0" or "root")
        {
            throw ConfigFailure.Config($"container has runAsNonRoot and image will run as root {about}");
        }

        if (user is null && !long.TryParse(imageUser, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw ConfigFailure.Config($"container has runAsNonRoot and image has non-numeric user ({imageUser}), cannot verify user is non-root {about}");
        }
    }

    private static IEnumerable<string> Groups(PodView pod)
    {
        var shared = pod.Spec.Map("securityContext");
        var groups = shared?.List("supplementalGroups")?.OfType<IntegerValue>().Select(static one => one.Number) ?? [];
        return (shared?.Integer("fsGroup") is { } own ? groups.Append(own) : groups).Distinct().Select(static one => one.ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string> Options(PodView pod, MapValue? own, bool privileged, Func<string, string> readProfile)
    {
        if (own?.Boolean("allowPrivilegeEscalation") == false)
        {
            yield return "no-new-privileges";
        }

        if (own?.Text("procMount") == "Unmasked")
        {
            yield return "systempaths=unconfined";
        }

        var seccomp = own?.Map("seccompProfile") ?? pod.Spec.Map("securityContext", "seccompProfile");
        if (seccomp?.Text("type") is { } type && !privileged && type != "RuntimeDefault")
        {
            yield return type == "Localhost" ? "seccomp=" + readProfile(seccomp.Text("localhostProfile") ?? "") : "seccomp=unconfined";
        }
    }
}

using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Admission;

/// <summary>AppArmor profiles that pods ask for: on a host without AppArmor a pod is rather refused than run without its wall. Pure.</summary>
internal static class AppArmorRules
{
    /// <summary>Why the pod may not run; null: it may.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="isOn">The host has AppArmor.</param>
    public static PodEnd? Check(PodView pod, bool isOn) => !isOn && (Asks(pod.Spec) || pod.Members.Any(static one => Asks(one.Spec)))
        ? new PodEnd("AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host")
        : null;

    /// <summary>The profile of a container in the engine's words; empty: the engine's own.</summary>
    public static string ProfileOf(PodView pod, PodMember member)
    {
        var profile = member.Spec.Map("securityContext", "appArmorProfile") ?? pod.Spec.Map("securityContext", "appArmorProfile");
        return profile?.Text("type") switch
        {
            "Localhost" => profile.Text("localhostProfile") ?? "",
            "Unconfined" => "unconfined",
            _ => "",
        };
    }

    private static bool Asks(MapValue holder) => holder.Text("securityContext", "appArmorProfile", "type") is { } type && type != "Unconfined";
}

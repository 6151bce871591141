using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>The claims that a pod uses. Pure.</summary>
internal static class PodClaims
{
    /// <summary>Their names; volumes that live with the pod have claims named after both. The tree of a pod is read only if its text speaks of claims: few do, and each pod that changes is asked.</summary>
    public static IEnumerable<string> Of(StoredObject pod) =>
        pod.Json.Span.IndexOf("\"persistentVolumeClaim\":"u8) >= 0 || pod.Json.Span.IndexOf("\"ephemeral\":"u8) >= 0 ? Of(pod.Tree) : [];

    /// <summary>Name of the claim of a volume that lives with the pod.</summary>
    public static string NameFor(MapValue pod, MapValue volume) => $"{pod.Text("metadata", "name")}-{volume.Text("name")}";

    private static IEnumerable<string> Of(MapValue pod)
    {
        foreach (var volume in pod.Maps("spec", "volumes"))
        {
            if (volume.Text("persistentVolumeClaim", "claimName") is { Length: > 0 } name)
            {
                yield return name;
            }
            else if (volume.Map("ephemeral") is not null)
            {
                yield return NameFor(pod, volume);
            }
        }
    }
}

using Naru.Agent.Pods;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Eviction;

/// <summary>Whether a pod keeps to its limits of local storage. Pure.</summary>
internal static class StorageLimits
{
    /// <summary>True if the pod has such limits at all, so that counting is worth it.</summary>
    public static bool Has(PodView pod) =>
        pod.Spec.Maps("volumes").Any(static one => one.At("emptyDir", "sizeLimit") is not null && one.Text("emptyDir", "medium") != "Memory")
        || PodResources.Containers(pod.Tree).Any(static one => one.At("resources", "limits", "ephemeral-storage") is not null)
        || pod.Spec.At("resources", "limits", "ephemeral-storage") is not null;

    /// <summary>Which limit it broke; null: none.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="volumes">Bytes in its volumes.</param>
    /// <param name="writable">Bytes of its containers' writable layers, by name.</param>
    public static PodEnd? Check(PodView pod, IReadOnlyDictionary<string, long> volumes, IReadOnlyDictionary<string, long> writable)
    {
        foreach (var volume in pod.Spec.Maps("volumes"))
        {
            var name = volume.Text("name") ?? "";
            if (volume.At("emptyDir", "sizeLimit")?.ToString() is { } limit && Quantity.TryParse(limit, out var most) && !most.IsZero && volumes.GetValueOrDefault(name) > most.Value)
            {
                return End($"Usage of EmptyDir volume \"{name}\" exceeds the limit \"{limit}\". ");
            }
        }

        var whole = PodResources.Limits(pod.Tree).GetValueOrDefault("ephemeral-storage");
        var bounded = pod.Spec.At("resources", "limits", "ephemeral-storage") is not null
            || PodResources.Containers(pod.Tree).All(static one => one.At("resources", "limits", "ephemeral-storage") is not null);
        if (bounded && !whole.IsZero && volumes.Values.Sum() + writable.Values.Sum() > whole.Value)
        {
            return End($"Pod ephemeral local storage usage exceeds the total limit of containers {whole}. ");
        }

        foreach (var container in PodResources.Containers(pod.Tree))
        {
            var name = container.Text("name") ?? "";
            if (container.At("resources", "limits", "ephemeral-storage")?.ToString() is { } limit && Quantity.TryParse(limit, out var most) && writable.GetValueOrDefault(name) > most.Value)
            {
                return End($"Container {name} exceeded its local ephemeral storage limit \"{limit}\". ");
            }
        }

        return null;
    }

    private static PodEnd End(string message) => new("Evicted", message, IsDisruption: true, Grace: TimeSpan.Zero);
}

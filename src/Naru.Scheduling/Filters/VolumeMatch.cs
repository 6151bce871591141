using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Whether a volume would do for a claim.</summary>
internal static class VolumeMatch
{
    public static string ClassOf(MapValue claim) => claim.Text("spec", "storageClassName") ?? claim.Text("metadata", "annotations", "volume.beta.kubernetes.io/storage-class") ?? "";

    public static long Size(MapValue volume) => Amounts.Parse(volume.Text("spec", "capacity", "storage") ?? "", 1);

    public static bool Fits(MapValue volume, MapValue claim, VolumeIndex index)
    {
        var name = volume.Text("metadata", "name") ?? "";
        var key = (claim.Text("metadata", "namespace") ?? "", claim.Text("metadata", "name") ?? "");
        if (index.Promised.TryGetValue(name, out var promised) && promised != key)
        {
            return false;
        }

        // A volume of an earlier claim of the same name is another's.
        if (volume.Map("spec", "claimRef") is { } owner
            && ((owner.Text("namespace"), owner.Text("name")) != key || (owner.Text("uid") is { Length: > 0 } uid && uid != claim.Text("metadata", "uid"))))
        {
            return false;
        }

        var modes = volume.List("spec", "accessModes")?.Texts().ToList() ?? [];
        return volume.Text("metadata", "deletionTimestamp") is null
            && (volume.Text("spec", "storageClassName") ?? "") == ClassOf(claim)
            && (volume.Text("spec", "volumeMode") ?? "Filesystem") == (claim.Text("spec", "volumeMode") ?? "Filesystem")
            && Size(volume) >= Amounts.Parse(claim.Text("spec", "resources", "requests", "storage") ?? "", 1)
            && (claim.List("spec", "accessModes")?.Texts().All(modes.Contains) ?? true)
            && (claim.Map("spec", "selector") is not { } selector || LabelRules.Read(selector)!.Match(TextMap.Read(volume.Map("metadata", "labels"))));
    }
}

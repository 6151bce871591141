using Naru.Objects.Api;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Which volume would do for a claim. Pure.</summary>
internal static class VolumeMatch
{
    /// <summary>Why a volume does not do for a claim that names it; null if it does.</summary>
    public static string? Mismatch(MapValue volume, MapValue claim)
    {
        if (VolumeWords.Held(volume) < VolumeWords.Asked(claim))
        {
            return "requested PV is too small";
        }

        if (VolumeWords.ClassOf(volume) != VolumeWords.ClassOf(claim))
        {
            return "storageClassName does not match";
        }

        if (ModeOf(volume) != ModeOf(claim))
        {
            return "incompatible volumeMode";
        }

        return HasModes(volume, claim) ? null : "incompatible accessMode";
    }

    /// <summary>The volume that suits best: one that is promised to the claim, otherwise the smallest that is free; null if there is none.</summary>
    /// <param name="volumes">All volumes.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="promisedOnly">Free ones are chosen by the scheduler, together with the node.</param>
    public static StoredObject? Best(IEnumerable<StoredObject> volumes, StoredObject claim, bool promisedOnly)
    {
        StoredObject? best = null;
        foreach (var volume in volumes)
        {
            if (volume.IsEnding || VolumeWords.Held(volume.Tree) < VolumeWords.Asked(claim.Tree) || ModeOf(volume.Tree) != ModeOf(claim.Tree) || !HasModes(volume.Tree, claim.Tree))
            {
                continue;
            }

            if (volume.Tree.Map("spec", "claimRef") is not null)
            {
                if (VolumeWords.IsFor(volume.Tree, claim))
                {
                    return volume;
                }

                continue;
            }

            if (!promisedOnly && IsFree(volume.Tree, claim.Tree) && (best is null || VolumeWords.Held(volume.Tree) < VolumeWords.Held(best.Tree)))
            {
                best = volume;
            }
        }

        return best;
    }

    private static bool IsFree(MapValue volume, MapValue claim) =>
        volume.Text("status", "phase") == "Available"
            && VolumeWords.ClassOf(volume) == VolumeWords.ClassOf(claim)
            && (volume.Text("spec", "volumeAttributesClassName") ?? "") == (claim.Text("spec", "volumeAttributesClassName") ?? "")
            && (claim.Map("spec", "selector") is not { } selector || LabelSelector.FromBody(selector).Matches(volume.Map("metadata", "labels")));

    private static string ModeOf(MapValue tree) => tree.Text("spec", "volumeMode") ?? "Filesystem";

    private static bool HasModes(MapValue volume, MapValue claim)
    {
        var modes = volume.List("spec", "accessModes")?.Texts().ToList() ?? [];
        return claim.List("spec", "accessModes")?.Texts().All(modes.Contains) ?? true;
    }
}

using System.Globalization;
using Naru.Core.Containers;
using Naru.Linux.Mounts;
using Naru.Linux.Namespaces;

namespace Naru.Images.Snapshots;

/// <summary>
/// Overlays whose layers belong to users of the root's own. Layers are shared by all roots and stay as they are on disk; each is shown a second time with its owners shifted, and the
/// overlay is made of these. It holds them itself then, so that the places they were shown at are empty again when it is mounted.
/// </summary>
internal static class MappedLayers
{
    private const string Place = "mapped";

    /// <summary>Mounts such an overlay. On failure nothing is left mounted.</summary>
    internal static void Mount(OverlayMount overlay, UserMapping users, string directory, string target)
    {
        Sweep(directory);
        try
        {
            using var owner = UserNamespace.Create(users);
            var shown = new List<string>(overlay.Lower.Length);
            foreach (var layer in overlay.Lower)
            {
                var place = Path.Combine(directory, Place, shown.Count.ToString(CultureInfo.InvariantCulture));
                Directory.CreateDirectory(place);
                MappedMounts.Bind(layer, place, owner.Users, recursive: false);
                shown.Add(place);
            }

            OverlayMounter.Mount(overlay with { Lower = [.. shown] }, target);
        }
        finally
        {
            Sweep(directory);
        }
    }

    /// <summary>Takes off what a run that was killed in the middle left.</summary>
    internal static void Sweep(string directory)
    {
        var place = Path.Combine(directory, Place);
        if (!Directory.Exists(place))
        {
            return;
        }

        Mounter.UnmountTree(place);
        foreach (var layer in Directory.EnumerateDirectories(place))
        {
            // Never recursively: if a layer were still there, it is that of others.
            Directory.Delete(layer);
        }

        Directory.Delete(place);
    }
}

using Naru.Linux.Files;

namespace Naru.Containers.Volumes;

/// <summary>Fills an empty volume with what the image has at the mount's target.</summary>
internal static class VolumeCopyUp
{
    /// <summary>Opens the directory of the image that would be copied; null when there is nothing to copy.</summary>
    internal static RootedDirectory? TryOpenSource(string root, string directory)
    {
        using var image = RootedDirectory.Open(root);
        return image.TryStat(directory) is { IsDirectory: true } ? image.OpenDirectory(directory) : null;
    }

    internal static bool IsEmpty(string volumePath) => !Directory.EnumerateFileSystemEntries(volumePath).Any();

    /// <summary>Copies; what an earlier, interrupted copy left of the image's names is replaced.</summary>
    internal static void Copy(RootedDirectory source, string volumePath, CancellationToken cancellationToken)
    {
        using var target = RootedDirectory.Open(volumePath);
        foreach (var entry in source.List())
        {
            target.RemoveTree(entry.Name);
        }

        TreeCopy.Copy(source, target, cancellationToken);
    }
}

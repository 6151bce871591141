using Naru.Core.Units;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Linux.Doctor;

/// <summary>Whether the data directory can hold images and containers.</summary>
internal static class StorageChecks
{
    private static readonly ByteSize Least = ByteSize.FromGibibytes(1);
    private static readonly string[] Unfit = ["overlay", "nfs", "nfs4", "vfat", "exfat", "fuse", "fuseblk", "ecryptfs"];

    public static IEnumerable<HostCheck> All(string dataDirectory)
    {
        yield return new HostCheck { Area = "storage", Name = "file-system", Inspect = () => FileSystem(dataDirectory) };
        yield return new HostCheck { Area = "storage", Name = "overlay-mount", Inspect = () => OverlayMounts(dataDirectory) };
        yield return new HostCheck { Area = "storage", Name = "space", Inspect = () => Space(dataDirectory) };
        yield return new HostCheck { Area = "storage", Name = "inodes", Inspect = () => Inodes(dataDirectory) };
    }

    private static HostFinding FileSystem(string dataDirectory)
    {
        var type = MountTable.Find(Nearest(dataDirectory)).Type;
        return Unfit.Contains(type)
            ? HostFinding.Bad($"{dataDirectory} lies on {type}, which cannot hold overlay layers", "choose a --data-dir on ext4, xfs or btrfs")
            : HostFinding.Good($"{dataDirectory} lies on {type}");
    }

    private static HostFinding OverlayMounts(string dataDirectory)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return HostFinding.Notice("mounting needs root", "run as root");
        }

        var probe = Path.Combine(Nearest(dataDirectory), $".naru-doctor-{Environment.ProcessId}");
        var (lower, upper, work, target) = (Path.Combine(probe, "l"), Path.Combine(probe, "u"), Path.Combine(probe, "w"), Path.Combine(probe, "t"));
        try
        {
            foreach (var directory in (string[])[lower, upper, work, target])
            {
                Directory.CreateDirectory(directory);
            }

            OverlayMounter.Mount(new OverlayMount { Lower = [lower], Upper = upper, Work = work }, target);
            File.WriteAllText(Path.Combine(target, "probe"), "");
            return HostFinding.Good("an overlay was mounted and written");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return HostFinding.Bad($"an overlay cannot be mounted: {exception.Message}", "choose a --data-dir on ext4, xfs or btrfs");
        }
        finally
        {
            Mounter.Unmount(target, lazy: true);
            Directory.Delete(probe, recursive: true);
        }
    }

    private static HostFinding Space(string dataDirectory)
    {
        var space = FileSystems.GetSpace(Nearest(dataDirectory));
        var available = new ByteSize(space.Available);
        return available >= Least
            ? HostFinding.Good($"{available} of {new ByteSize(space.Total)} are free")
            : HostFinding.Bad($"only {available} of {new ByteSize(space.Total)} are free", "make room, run 'naru gc', or choose another --data-dir");
    }

    private static HostFinding Inodes(string dataDirectory)
    {
        var space = FileSystems.GetSpace(Nearest(dataDirectory));
        return space.Files == 0 || space.FreeFiles * 50 > space.Files
            ? HostFinding.Good(space.Files == 0 ? "no limit of files" : $"{space.FreeFiles} of {space.Files} are free")
            : HostFinding.Notice($"only {space.FreeFiles} of {space.Files} inodes are free", "remove files, or choose another --data-dir");
    }

    private static string Nearest(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path) ?? "/";
        }

        return path;
    }
}

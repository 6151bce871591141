using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Files;

/// <summary>Entries of trees on the wire and in Core.</summary>
internal static class FileStats
{
    public static ContextEntry ToCore(FileStat stat) => new()
    {
        Path = stat.Path,
        Mode = GoMode.ToLinux(stat.Mode),
        User = stat.Uid,
        Group = stat.Gid,
        Size = stat.Size,
        ModifiedNanoseconds = stat.ModTime,
        LinkTarget = stat.Linkname,
        DeviceMajor = stat.Devmajor,
        DeviceMinor = stat.Devminor,
    };

    public static FileStat FromCore(ContextEntry entry) => new()
    {
        Path = entry.Path,
        Mode = GoMode.FromLinux(entry.Mode),
        Uid = entry.User,
        Gid = entry.Group,
        Size = entry.Size,
        ModTime = entry.ModifiedNanoseconds,
        Linkname = entry.LinkTarget,
        Devmajor = entry.DeviceMajor,
        Devminor = entry.DeviceMinor,
    };
}

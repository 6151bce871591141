using System.Globalization;
using Naru.Linux.Files;

namespace Naru.Linux.Hosts;

/// <summary>Whether containers can have users of their own here.</summary>
internal static class UserNamespaceCheck
{
    private const uint OthersPass = 1;
    private static readonly Version OldestKernel = new(5, 19);

    /// <summary>Why not; empty: they can.</summary>
    /// <param name="kernel">The kernel's release.</param>
    /// <param name="runDirectory">Where roots are shown to the runtime, which is nobody to the host by then.</param>
    internal static string Problem(string kernel, string runDirectory)
    {
        if (IsOlder(kernel))
        {
            return $"the kernel is {kernel}, overlays of mapped layers need {OldestKernel}";
        }

        if (!File.Exists("/proc/self/ns/user") || ProcFiles.Read("/proc/sys/user/max_user_namespaces") == "0")
        {
            return "the kernel allows no user namespaces";
        }

        if (ProcFiles.Read("/proc/self/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries) is not ["0", "0", "4294967295"])
        {
            return "naru runs in a user namespace itself";
        }

        if (Programs.Find("unshare") is null)
        {
            return "there is no unshare program (util-linux)";
        }

        return Closed(runDirectory) is { } closed ? $"others than root may not pass through {closed}" : "";
    }

    internal static bool IsOlder(string kernel)
    {
        var parts = kernel.Split('.', '-', '+');
        return parts.Length < 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            || new Version(major, minor) < OldestKernel;
    }

    private static string? Closed(string directory)
    {
        for (var path = Path.GetFullPath(directory); path is not null; path = Path.GetDirectoryName(path))
        {
            if (FileStatus.TryOf(path) is { } status && (status.Permissions & OthersPass) == 0)
            {
                return path;
            }
        }

        return null;
    }
}

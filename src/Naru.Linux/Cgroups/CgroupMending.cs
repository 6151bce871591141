using System.Runtime.InteropServices;
using Naru.Linux.Files;

namespace Naru.Linux.Cgroups;

/// <summary>Puts control groups into a state that OCI runtimes accept.</summary>
public static partial class CgroupMending
{
    private const ulong NoSuidNoDevNoExec = 2 | 4 | 8;

    /// <summary>
    /// Under hybrid, crun refuses to start anything while the version 2 tree holds a controller. Mounts a version 1
    /// hierarchy for each such controller, which takes it out of that tree. Done twice it does nothing.
    /// </summary>
    /// <returns>The controllers that were moved.</returns>
    /// <exception cref="LinuxException">The kernel does not let one go (it is in use in the version 2 tree), or this is no root.</exception>
    public static IReadOnlyList<string> ReleaseUnifiedControllers(CgroupLayout layout)
    {
        if (!layout.IsHybrid)
        {
            return [];
        }

        var moved = new List<string>();
        var top = Path.GetDirectoryName(layout.UnifiedMount!)!;
        foreach (var controller in layout.UnifiedControllers)
        {
            var target = Path.Combine(top, controller);
            Directory.CreateDirectory(target);
            LinuxException.ThrowIfFailed(Mount("none", target, "cgroup", NoSuidNoDevNoExec, controller), "mount", target);
            moved.Add(controller);
        }

        return moved;
    }

    /// <summary>
    /// Version 2: hands the controllers down to the children of each group on the way to <paramref name="group"/>, so
    /// that groups below it can be limited. Version 1 needs nothing.
    /// </summary>
    public static void DelegateControllers(CgroupLayout layout, string group)
    {
        if (layout.Version != CgroupVersion.V2 || layout.UnifiedMount is not { } mount)
        {
            return;
        }

        var wanted = string.Join(' ', layout.UnifiedControllers.Select(static name => "+" + name));
        var path = mount;
        foreach (var part in (string[])["", .. group.Split('/', StringSplitOptions.RemoveEmptyEntries)])
        {
            path = Path.Combine(path, part);
            Directory.CreateDirectory(path);
            if (wanted.Length > 0)
            {
                CgroupFile.TryWrite(Path.Combine(path, "cgroup.subtree_control"), wanted);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);
}

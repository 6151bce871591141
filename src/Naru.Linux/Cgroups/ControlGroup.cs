using System.Globalization;
using Naru.Linux.Files;

namespace Naru.Linux.Cgroups;

/// <summary>
/// One control group by its path below the hierarchies' roots (<c>/naru/INSTANCE/CONTAINER</c>), whichever version the
/// host has. Nothing is held open; a group that is gone reads as empty.
/// </summary>
public sealed class ControlGroup(CgroupLayout layout, string path)
{
    private readonly string _relative = path.Trim('/');

    /// <summary>Its path below the hierarchies' roots.</summary>
    public string Path { get; } = path;

    public CgroupVersion Version => layout.Version;

    /// <summary>True while the group exists in any hierarchy.</summary>
    public bool Exists => Directories().Any(Directory.Exists);

    /// <summary>Directory of a controller's files for this group; null when the host has no such controller.</summary>
    public string? DirectoryOf(string controller)
    {
        if (layout.Version == CgroupVersion.V2)
        {
            return layout.UnifiedMount is { } mount ? System.IO.Path.Combine(mount, _relative) : null;
        }

        return layout.ControllerMounts.TryGetValue(controller, out var directory) ? System.IO.Path.Combine(directory, _relative) : null;
    }

    /// <summary>Every process in the group and below it.</summary>
    public IReadOnlyList<int> Processes()
    {
        var directory = DirectoryOf("pids") ?? DirectoryOf("freezer") ?? DirectoryOf("memory") ?? DirectoryOf("cpu");
        var found = new List<int>();
        if (directory is not null)
        {
            Collect(directory, found);
        }

        return found;
    }

    /// <summary>Stops every process from running. Returns when the kernel says that all stand still.</summary>
    public Task FreezeAsync(TimeProvider time, CancellationToken cancellationToken) => SetFrozenAsync(true, time, cancellationToken);

    /// <summary>Lets them run again.</summary>
    public Task ThawAsync(TimeProvider time, CancellationToken cancellationToken) => SetFrozenAsync(false, time, cancellationToken);

    /// <summary>True when the group is frozen by its own setting.</summary>
    public bool IsFrozen => layout.Version == CgroupVersion.V2
        ? CgroupFile.TryRead(FileOf("freezer", "cgroup.freeze")) == "1"
        : CgroupFile.TryRead(FileOf("freezer", "freezer.state")) is "FROZEN" or "FREEZING";

    /// <summary>How many processes the out-of-memory killer has taken from the group.</summary>
    public ulong OomKills => CgroupFile
        .ReadPairs(FileOf("memory", layout.Version == CgroupVersion.V2 ? "memory.events" : "memory.oom_control"))
        .GetValueOrDefault("oom_kill");

    /// <summary>Kills every process in the group and below it; new ones that fork meanwhile too.</summary>
    public void Kill()
    {
        var kill = FileOf("cgroup", "cgroup.kill");
        if (layout.Version == CgroupVersion.V2 && CgroupFile.TryWrite(kill, "1"))
        {
            return;
        }

        foreach (var pid in Processes())
        {
            _ = Naru.Linux.Processes.ProcessCalls.Kill(pid, 9);
        }
    }

    /// <summary>Removes the group and the groups below it from every hierarchy. False when processes still live in it.</summary>
    public bool TryDelete()
    {
        var gone = true;
        foreach (var directory in Directories())
        {
            gone &= TryDeleteTree(directory);
        }

        return gone;
    }

    internal string FileOf(string controller, string file) =>
        System.IO.Path.Combine(DirectoryOf(controller) ?? "/nonexistent", file);

    private async Task SetFrozenAsync(bool frozen, TimeProvider time, CancellationToken cancellationToken)
    {
        var v2 = layout.Version == CgroupVersion.V2;
        var file = FileOf("freezer", v2 ? "cgroup.freeze" : "freezer.state");
        var request = v2 ? frozen ? "1" : "0" : frozen ? "FROZEN" : "THAWED";
        CgroupFile.Write(file, request);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2), time);
        while (!IsSettled(frozen, v2))
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            if (!v2)
            {
                CgroupFile.Write(file, request); // version 1 needs a push when tasks were born meanwhile
            }
        }
    }

    private bool IsSettled(bool frozen, bool v2) => v2
        ? CgroupFile.ReadPairs(FileOf("freezer", "cgroup.events")).GetValueOrDefault("frozen") == (frozen ? 1UL : 0UL)
        : CgroupFile.TryRead(FileOf("freezer", "freezer.state")) == (frozen ? "FROZEN" : "THAWED");

    private IEnumerable<string> Directories()
    {
        var mounts = layout.ControllerMounts.Values.ToHashSet();
        if (layout.UnifiedMount is { } unified)
        {
            mounts.Add(unified);
        }

        return mounts.Select(mount => System.IO.Path.Combine(mount, _relative));
    }

    private static void Collect(string directory, List<int> found)
    {
        foreach (var line in (CgroupFile.TryRead(System.IO.Path.Combine(directory, "cgroup.procs")) ?? "").Split('\n'))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                found.Add(pid);
            }
        }

        foreach (var child in Children(directory))
        {
            Collect(child, found);
        }
    }

    private static bool TryDeleteTree(string directory)
    {
        foreach (var child in Children(directory))
        {
            if (!TryDeleteTree(child))
            {
                return false;
            }
        }

        if (Naru.Linux.Cgroups.CgroupCalls.RemoveDirectory(directory) == 0)
        {
            return true;
        }

        return Notify.Descriptors.LastErrno() is Errno.NotFound or Errno.NotADirectory;
    }

    private static string[] Children(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (IOException)
        {
            return [];
        }
    }
}

using System.Globalization;
using Naru.Core.Containers;

namespace Naru.Containers.Bundles;

/// <summary>Mounts of a container in the order in which they are made.</summary>
internal static class MountMapping
{
    private const long DefaultSharedMemory = 64 << 20;

    /// <summary>Docker's words for what hides on a tmpfs unless asked otherwise.</summary>
    private static readonly string[] TmpfsDefaults = ["noexec", "nosuid", "nodev"];

    /// <summary>Everything that a container sees without asking, overlaid by what it asked for.</summary>
    public static List<OciMount> Build(BundleInput input)
    {
        var asked = input.Mounts.Select(static mount => Map(mount)).OrderBy(static mount => Depth(mount.Destination)).ToList();
        var targets = asked.Select(static mount => mount.Destination).ToHashSet();
        var result = Defaults(input)
            .Where(mount => !targets.Contains(mount.Destination) && !(targets.Contains("/dev") && mount.Destination.StartsWith("/dev/", StringComparison.Ordinal)))
            .ToList();
        foreach (var (source, target) in EtcFiles(input))
        {
            if (source.Length > 0 && !targets.Contains(target))
            {
                result.Add(new OciMount(target, "bind", source, ["rbind", input.Spec.Isolation.ReadOnlyRoot ? "ro" : "rw", "rprivate"]));
            }
        }

        if (input.InitPath.Length > 0)
        {
            result.Add(new OciMount(BundleInput.InitTarget, "bind", input.InitPath, ["bind", "ro"]));
        }

        result.AddRange(asked);
        return result;
    }

    private static IEnumerable<OciMount> Defaults(BundleInput input)
    {
        var isolation = input.Spec.Isolation;
        var systemAccess = isolation.Privileged ? "rw" : "ro";
        yield return new OciMount("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]);
        yield return new OciMount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]);
        yield return new OciMount("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]);
        yield return new OciMount("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", systemAccess]);
        yield return new OciMount("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", systemAccess]);
        if (isolation.IpcMode == "host")
        {
            if (Directory.Exists("/dev/mqueue"))
            {
                yield return new OciMount("/dev/mqueue", "bind", "/dev/mqueue", ["bind", "nosuid", "noexec", "nodev"]);
            }

            yield return new OciMount("/dev/shm", "bind", "/dev/shm", ["bind", "nosuid", "noexec", "nodev"]);
            yield break;
        }

        yield return new OciMount("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]);
        if (input.SharedMemoryPath.Length > 0)
        {
            yield return new OciMount("/dev/shm", "bind", input.SharedMemoryPath, ["bind", "nosuid", "noexec", "nodev"]);
        }
        else if (isolation.IpcMode != "none")
        {
            yield return new OciMount("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", SizeOption(SharedMemory(input.Spec))]);
        }
    }

    /// <summary>Bytes of /dev/shm.</summary>
    public static long SharedMemory(ContainerSpec spec) =>
        spec.Resources.SharedMemory.Bytes > 0 ? spec.Resources.SharedMemory.Bytes : DefaultSharedMemory;

    private static (string Source, string Target)[] EtcFiles(BundleInput input) =>
    [
        (input.Network.ResolvConfPath, "/etc/resolv.conf"),
        (input.Network.HostnamePath, "/etc/hostname"),
        (input.Network.HostsPath, "/etc/hosts"),
    ];

    private static OciMount Map(MountPoint mount) => mount.Kind == MountKind.Tmpfs
        ? new OciMount(mount.Target, "tmpfs", "tmpfs", TmpfsOptions(mount))
        : new OciMount(mount.Target, "bind", mount.Source, BindOptions(mount));

    private static List<string> BindOptions(MountPoint mount)
    {
        var spec = mount.Spec;
        List<string> options = [spec?.NonRecursive == true ? "bind" : "rbind"];
        if (mount.Writable)
        {
            options.Add("rw");
        }
        else
        {
            // crun opens the target of "rro" as a directory; below a file there is nothing that would need it.
            options.Add(spec is { ReadOnlyNonRecursive: true } or { NonRecursive: true } || File.Exists(mount.Source) ? "ro" : "rro");
        }

        options.Add(mount.Propagation.Length > 0 ? mount.Propagation : "rprivate");
        return options;
    }

    private static List<string> TmpfsOptions(MountPoint mount)
    {
        List<string> options = [.. TmpfsDefaults];
        var spec = mount.Spec;
        var words = spec is null ? [] : spec.Mode.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words.Concat(spec is null ? [] : spec.TmpfsOptions.Select(static pair => string.Join('=', pair))))
        {
            options.RemoveAll(option => option == "no" + word || word == "no" + option);
            options.Add(word);
        }

        if (!mount.Writable)
        {
            options.Add("ro");
        }

        if (spec is { TmpfsSize.Bytes: > 0 })
        {
            options.Add(SizeOption(spec.TmpfsSize.Bytes));
        }

        if (spec?.TmpfsMode is { } mode)
        {
            options.Add("mode=" + Convert.ToString(mode, 8));
        }

        return options;
    }

    private static string SizeOption(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={bytes}");

    private static int Depth(string path) => path.AsSpan().TrimEnd('/').Count('/');
}

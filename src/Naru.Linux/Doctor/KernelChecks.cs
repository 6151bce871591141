using Naru.Linux.Namespaces;

namespace Naru.Linux.Doctor;

/// <summary>What the kernel can do.</summary>
internal static class KernelChecks
{
    // openat2 with RESOLVE_IN_ROOT came with 5.6, mount_setattr and overlay on overlay with 5.11 and 5.12.
    private static readonly Version Oldest = new(5, 10);

    public static IEnumerable<HostCheck> All()
    {
        yield return new HostCheck { Area = "kernel", Name = "version", Inspect = Version };
        yield return new HostCheck { Area = "kernel", Name = "overlayfs", Inspect = Overlay };
        yield return new HostCheck { Area = "kernel", Name = "namespaces", Inspect = Namespaces };
        yield return new HostCheck { Area = "kernel", Name = "seccomp", Inspect = Seccomp };
        yield return new HostCheck { Area = "kernel", Name = "apparmor", Inspect = AppArmor };
    }

    private static HostFinding Version()
    {
        var release = KernelSetting.Read("kernel/osrelease") ?? "0.0";
        var digits = new string([.. release.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')]).TrimEnd('.');
        return System.Version.TryParse(digits, out var version) && version >= Oldest
            ? HostFinding.Good(release)
            : HostFinding.Bad($"{release} is older than {Oldest}", $"install a kernel of {Oldest} or newer");
    }

    private static HostFinding Overlay() =>
        File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal))
            ? HostFinding.Good("overlay is registered")
            : HostFinding.Bad("the kernel knows no overlay file system", "modprobe overlay, and add overlay to /etc/modules-load.d/naru.conf");

    private static HostFinding Namespaces()
    {
        string[] needed = ["ipc", "mnt", "net", "pid", "uts", "user", "cgroup"];
        var missing = needed.Where(name => !File.Exists("/proc/self/ns/" + name)).ToArray();
        return missing.Length == 0
            ? HostFinding.Good(string.Join(' ', needed))
            : HostFinding.Bad($"missing: {string.Join(' ', missing)}", "use a kernel built with these namespaces");
    }

    private static HostFinding Seccomp() =>
        KernelSetting.Read("kernel/seccomp/actions_avail") is { } actions
            ? HostFinding.Good(actions)
            : HostFinding.Notice("the kernel has no seccomp filters; containers run without one", "use a kernel built with CONFIG_SECCOMP_FILTER");

    private static HostFinding AppArmor() =>
        File.Exists("/sys/module/apparmor/parameters/enabled") && File.ReadAllText("/sys/module/apparmor/parameters/enabled").StartsWith('Y')
            ? HostFinding.Good("on")
            : HostFinding.Good("off; containers run without a profile");
}

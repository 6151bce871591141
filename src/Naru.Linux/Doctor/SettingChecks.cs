using System.Globalization;
using Naru.Linux.Mounts;
using Naru.Linux.Namespaces;

namespace Naru.Linux.Doctor;

/// <summary>Settings of the running kernel and limits of this process.</summary>
internal static class SettingChecks
{
    private const int EnoughFiles = 65_536;
    private const int EnoughWatchers = 256;

    public static IEnumerable<HostCheck> All()
    {
        yield return new HostCheck
        {
            Area = "settings",
            Name = "ip-forward",
            Inspect = IpForward,
            Mend = () => KernelSetting.Write("net/ipv4/ip_forward", "1"),
            LookAtStart = true,
        };
        yield return new HostCheck
        {
            Area = "settings",
            Name = "shared-root",
            Inspect = SharedRoot,
            Mend = () => Mounter.SetPropagation("/", MountPropagation.Shared, recursive: true),
            LookAtStart = true,
        };
        yield return new HostCheck
        {
            Area = "settings",
            Name = "inotify",
            Inspect = Inotify,
            Mend = () => KernelSetting.Write("fs/inotify/max_user_instances", "1024"),
        };
        yield return new HostCheck
        {
            Area = "settings",
            Name = "keys",
            Inspect = Keys,
            Mend = () => KernelSetting.Write("kernel/keys/root_maxkeys", "1000000"),
        };
        yield return new HostCheck { Area = "settings", Name = "open-files", Inspect = OpenFiles };
        yield return new HostCheck { Area = "settings", Name = "processes", Inspect = Processes };
        yield return new HostCheck { Area = "settings", Name = "resource-limits", Inspect = ResourceCapability };
    }

    private static HostFinding IpForward() =>
        KernelSetting.Read("net/ipv4/ip_forward") == "1"
            ? HostFinding.Good("packets are forwarded")
            : HostFinding.Bad("packets are not forwarded, so containers reach nothing outside", "sysctl -w net.ipv4.ip_forward=1");

    private static HostFinding SharedRoot() =>
        MountTable.Read().LastOrDefault(entry => entry.Target == "/") is { IsShared: true }
            ? HostFinding.Good("/ is a shared mount")
            : HostFinding.Notice("/ is a private mount; binds with rshared or rslave propagation fail", "mount --make-rshared /");

    private static HostFinding Inotify() => AtLeast("fs/inotify/max_user_instances", EnoughWatchers, "watchers of files", "sysctl -w fs.inotify.max_user_instances=1024");

    // Each container takes a session keyring: the kernel's default of 200 for a user, a million for root, is what runs out first.
    private static HostFinding Keys() => AtLeast("kernel/keys/root_maxkeys", 10_000, "keyrings of root", "sysctl -w kernel.keys.root_maxkeys=1000000");

    private static HostFinding AtLeast(string setting, long enough, string what, string remedy)
    {
        var text = KernelSetting.Read(setting);
        return !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value >= enough
            ? HostFinding.Good($"{text ?? "no limit of"} {what}")
            : HostFinding.Notice($"{value} {what} are few for many containers", remedy);
    }

    private static HostFinding OpenFiles()
    {
        var hard = Limit("Max open files");
        return hard is null or >= EnoughFiles
            ? HostFinding.Good($"{hard?.ToString(CultureInfo.InvariantCulture) ?? "any number of"} open files")
            : HostFinding.Notice($"at most {hard} open files; about {EnoughFiles} are wanted for hundreds of containers", "raise LimitNOFILE of the service, or ulimit -Hn");
    }

    private static HostFinding Processes()
    {
        var hard = Limit("Max processes");
        return hard is null or >= 4096
            ? HostFinding.Good($"{hard?.ToString(CultureInfo.InvariantCulture) ?? "any number of"} processes")
            : HostFinding.Notice($"at most {hard} processes", "raise LimitNPROC of the service, or ulimit -Hu");
    }

    private static HostFinding ResourceCapability()
    {
        const int CapSysResource = 24;
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("CapEff:", StringComparison.Ordinal));
        var held = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (held >> CapSysResource & 1) == 1
            ? HostFinding.Good("limits of containers can be raised")
            : HostFinding.Notice("CAP_SYS_RESOURCE is missing: --ulimit above the host's hard limit is clamped to it", "run naru with CAP_SYS_RESOURCE");
    }

    private static long? Limit(string name)
    {
        var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith(name, StringComparison.Ordinal));
        var hard = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return hard == "unlimited" ? null : long.Parse(hard, CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Bundles;

/// <summary>Device nodes of a container and the rules of what it may open.</summary>
internal static class DeviceMappings
{
    private const uint PermissionBits = 0xFFF;

    /// <summary>Open to every container: making any node, and null, zero, full, random, urandom, tty, console, ptmx and terminals.</summary>
    private static readonly OciDeviceRule[] DefaultRules =
    [
        Rule("c", null, null, "m"), Rule("b", null, null, "m"),
        Rule("c", 1, 3, "rwm"), Rule("c", 1, 5, "rwm"), Rule("c", 1, 7, "rwm"), Rule("c", 1, 8, "rwm"), Rule("c", 1, 9, "rwm"),
        Rule("c", 5, 0, "rwm"), Rule("c", 5, 1, "rwm"), Rule("c", 5, 2, "rwm"), Rule("c", 136, null, "rwm"),
    ];

    private static readonly OciDeviceRule DenyAll = new() { Allow = false, Access = "rwm" };
    private static readonly OciDeviceRule AllowAll = new() { Allow = true, Access = "rwm" };

    public static (IReadOnlyList<OciDevice> Devices, IReadOnlyList<OciDeviceRule> Rules) Build(ContainerSpec spec)
    {
        using var host = RootedDirectory.Open("/");
        if (spec.Isolation.Privileged)
        {
            return ([.. HostDevices(host, "/dev", "/dev")], [AllowAll]);
        }

        var devices = new List<OciDevice>();
        List<OciDeviceRule> rules = [DenyAll, .. DefaultRules];
        foreach (var mapping in spec.Resources.Devices)
        {
            var found = Resolve(host, mapping);
            devices.AddRange(found);
            rules.AddRange(found.Select(device => Rule(device.Type, device.Major, device.Minor, mapping.Permissions.Length == 0 ? "rwm" : mapping.Permissions)));
        }

        rules.AddRange(spec.Resources.DeviceRules.Select(ParseRule));
        return (devices, rules);
    }

    /// <summary>Reads <c>c 1:3 rwm</c>, with <c>*</c> for any number and <c>a</c> for any type.</summary>
    public static OciDeviceRule ParseRule(string text)
    {
        var parts = text.Split(' ');
        var numbers = parts.Length == 3 ? parts[1].Split(':') : [];
        if (numbers.Length != 2 || parts[0] is not ("a" or "b" or "c") || parts[2].Length is 0 or > 3
            || parts[2].AsSpan().ContainsAnyExcept("rwm") || !TryNumber(numbers[0], out var major) || !TryNumber(numbers[1], out var minor))
        {
            throw NaruException.Invalid($"invalid device cgroup rule format: '{text}'");
        }

        return Rule(parts[0], major, minor, parts[2]);
    }

    private static List<OciDevice> Resolve(RootedDirectory host, DeviceMapping mapping)
    {
        var inside = mapping.ContainerPath.Length == 0 ? mapping.HostPath : mapping.ContainerPath;
        var status = host.TryStat(mapping.HostPath);
        var found = status switch
        {
            { Kind: FileKind.CharacterDevice or FileKind.BlockDevice } device => [Device(inside, device)],
            { IsDirectory: true } => HostDevices(host, mapping.HostPath, inside).ToList(),
            null => throw NaruException.Invalid(
                $"error gathering device information while adding custom device \"{mapping.HostPath}\": no such file or directory"),
            _ => [],
        };
        return found.Count > 0
            ? found
            : throw NaruException.Invalid($"error gathering device information while adding custom device \"{mapping.HostPath}\": not a device node");
    }

    private static IEnumerable<OciDevice> HostDevices(RootedDirectory host, string directory, string inside)
    {
        foreach (var entry in host.List(directory))
        {
            var path = $"{directory}/{entry.Name}";
            if (host.TryStat(path, follow: false) is not { } status)
            {
                continue;
            }

            // The runtime makes these itself, and mounts of its own lie on the directories.
            if (status.IsDirectory && path is not ("/dev/pts" or "/dev/shm" or "/dev/fd" or "/dev/mqueue" or "/dev/.lxc" or "/dev/.lxd-mounts" or "/dev/.udev"))
            {
                foreach (var below in HostDevices(host, path, $"{inside}/{entry.Name}"))
                {
                    yield return below;
                }
            }
            else if (status.Kind is FileKind.CharacterDevice or FileKind.BlockDevice && path is not "/dev/console")
            {
                yield return Device($"{inside}/{entry.Name}", status);
            }
        }
    }

    private static OciDevice Device(string path, FileStatus status) => new()
    {
        Path = path,
        Type = status.Kind == FileKind.BlockDevice ? "b" : "c",
        Major = status.Device.Major,
        Minor = status.Device.Minor,
        FileMode = status.Permissions & PermissionBits,
        Uid = status.User,
        Gid = status.Group,
    };

    private static OciDeviceRule Rule(string type, long? major, long? minor, string access) =>
        new() { Allow = true, Type = type, Major = major, Minor = minor, Access = access };

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text == "*")
        {
            return true;
        }

        var parsed = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return parsed;
    }
}

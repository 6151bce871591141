using System.Collections.Frozen;

namespace Naru.Linux.Cgroups;

/// <summary>Where the host's control group hierarchies are mounted. Read once; <see cref="CgroupMending"/> may change it before.</summary>
public sealed class CgroupLayout
{
    private CgroupLayout(CgroupVersion version, string? unified, FrozenDictionary<string, string> controllers)
    {
        Version = version;
        UnifiedMount = unified;
        ControllerMounts = controllers;
    }

    public CgroupVersion Version { get; }

    /// <summary>Where the version 2 tree is mounted: the whole truth under V2, the rest under hybrid, null without one.</summary>
    public string? UnifiedMount { get; }

    /// <summary>Version 1 hierarchies by controller (<c>memory</c>, <c>name=systemd</c>) with their mount points.</summary>
    public FrozenDictionary<string, string> ControllerMounts { get; }

    /// <summary>True when version 1 hierarchies and a version 2 tree are mounted together.</summary>
    public bool IsHybrid => Version == CgroupVersion.V1 && UnifiedMount is not null;

    /// <summary>Controllers that the version 2 tree holds.</summary>
    public IReadOnlyList<string> UnifiedControllers =>
        UnifiedMount is { } mount && File.Exists(Path.Combine(mount, "cgroup.controllers"))
            ? File.ReadAllText(Path.Combine(mount, "cgroup.controllers")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [];

    /// <summary>The layout that this process sees now.</summary>
    public static CgroupLayout Discover() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads a layout from lines of /proc/PID/mountinfo.</summary>
    public static CgroupLayout Parse(IEnumerable<string> mountLines)
    {
        string? unified = null;
        var controllers = new Dictionary<string, string>();
        foreach (var line in mountLines)
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 0 || separator + 3 >= fields.Length)
            {
                continue;
            }

            if (fields[separator + 1] == "cgroup2")
            {
                unified ??= fields[4];
            }
            else if (fields[separator + 1] == "cgroup")
            {
                foreach (var option in fields[separator + 3].Split(','))
                {
                    if (option is not ("rw" or "ro" or "xattr" or "release_agent"))
                    {
                        controllers.TryAdd(option, fields[4]);
                    }
                }
            }
        }

        var hasV1 = controllers.Keys.Any(static name => !name.StartsWith("name=", StringComparison.Ordinal));
        return new CgroupLayout(hasV1 ? CgroupVersion.V1 : CgroupVersion.V2, unified, controllers.ToFrozenDictionary());
    }
}

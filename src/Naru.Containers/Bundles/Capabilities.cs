using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Containers.Bundles;

/// <summary>Which capabilities a container holds (capabilities(7); the default set is Docker's).</summary>
internal static class Capabilities
{
    /// <summary>Every capability by its number.</summary>
    public static readonly ImmutableArray<string> All =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
        "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>What a container holds when nothing is asked.</summary>
    public static readonly ImmutableArray<string> Default =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    /// <summary>Works out the set.</summary>
    /// <param name="added">Words of <c>--cap-add</c>.</param>
    /// <param name="dropped">Words of <c>--cap-drop</c>.</param>
    /// <param name="privileged">All that the host can give.</param>
    /// <param name="available">The host's bounding set.</param>
    public static ImmutableArray<string> Resolve(
        ImmutableArray<string> added, ImmutableArray<string> dropped, bool privileged, IReadOnlySet<string> available)
    {
        var add = Normalise(added, "CapAdd");
        var drop = Normalise(dropped, "CapDrop");
        var wanted = privileged ? [.. All]
            : add.Contains("ALL") ? All.Except(drop)
            : drop.Contains("ALL") ? add
            : Default.Except(drop).Union(add);
        return [.. wanted.Where(available.Contains)];
    }

    /// <summary>The bounding set of this process.</summary>
    public static IReadOnlySet<string> ReadAvailable()
    {
        var line = File.ReadLines("/proc/self/status").First(static text => text.StartsWith("CapBnd:", StringComparison.Ordinal));
        var bits = Convert.ToUInt64(line[7..].Trim(), 16);
        return All.Where((_, number) => (bits & (1UL << number)) != 0).ToHashSet();
    }

    private static List<string> Normalise(ImmutableArray<string> words, string field)
    {
        var result = new List<string>(words.Length);
        foreach (var word in words)
        {
            var name = word.ToUpperInvariant();
            if (name is "ALL")
            {
                result.Add(name);
                continue;
            }

            name = name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name;
            if (!All.Contains(name))
            {
                throw NaruException.Invalid($"invalid {field}: unknown capability: \"{name}\"");
            }

            result.Add(name);
        }

        return result;
    }
}

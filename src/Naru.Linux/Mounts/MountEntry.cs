using System.Collections.Immutable;
using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>A line of /proc/PID/mountinfo.</summary>
public sealed record MountEntry
{
    public required int Id { get; init; }

    public required int ParentId { get; init; }

    public required DeviceNumber Device { get; init; }

    /// <summary>The directory of the file system that the mount shows.</summary>
    public required string Root { get; init; }

    public required string Target { get; init; }

    /// <summary>Options of the mount, such as "ro" or "nosuid".</summary>
    public required ImmutableArray<string> Options { get; init; }

    /// <summary>Tags such as "shared:1" or "master:2".</summary>
    public required ImmutableArray<string> Tags { get; init; }

    public required string Type { get; init; }

    public required string Source { get; init; }

    /// <summary>Options of the file system.</summary>
    public required ImmutableArray<string> SuperOptions { get; init; }

    public bool IsReadOnly => Options.Contains("ro");

    public bool IsShared => Tags.Any(tag => tag.StartsWith("shared:", StringComparison.Ordinal));

    /// <summary>The options that a remount must repeat to keep them.</summary>
    public MountFlags Flags => Options.Aggregate(MountFlags.None, (flags, option) => flags | option switch
    {
        "ro" => MountFlags.ReadOnly,
        "nosuid" => MountFlags.NoSetUser,
        "nodev" => MountFlags.NoDevices,
        "noexec" => MountFlags.NoExecute,
        "noatime" => MountFlags.NoAccessTime,
        "nodiratime" => MountFlags.NoDirectoryAccessTime,
        "relatime" => MountFlags.RelativeAccessTime,
        _ => MountFlags.None,
    });
}

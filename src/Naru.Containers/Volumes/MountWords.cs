using System.Collections.Frozen;
using Naru.Linux.Mounts;

namespace Naru.Containers.Volumes;

/// <summary>The option string of mount(8), taken apart into what mount(2) wants: flags, propagation and the file system's own words.</summary>
/// <param name="Flags">For the first call.</param>
/// <param name="Propagation">For a second call; none: <see cref="MountFlags.None"/>.</param>
/// <param name="Data">Words that the file system itself reads.</param>
internal sealed record MountWords(MountFlags Flags, MountFlags Propagation, string Data)
{
    private const MountFlags Mandatory = (MountFlags)64;
    private const MountFlags DirectorySynchronous = (MountFlags)128;

    private static readonly FrozenDictionary<string, (MountFlags Flag, bool Clear)> Known = new Dictionary<string, (MountFlags, bool)>
    {
        ["defaults"] = (MountFlags.None, false),
        ["ro"] = (MountFlags.ReadOnly, false),
        ["rw"] = (MountFlags.ReadOnly, true),
        ["nosuid"] = (MountFlags.NoSetUser, false),
        ["suid"] = (MountFlags.NoSetUser, true),
        ["nodev"] = (MountFlags.NoDevices, false),
        ["dev"] = (MountFlags.NoDevices, true),
        ["noexec"] = (MountFlags.NoExecute, false),
        ["exec"] = (MountFlags.NoExecute, true),
        ["sync"] = (MountFlags.Synchronous, false),
        ["async"] = (MountFlags.Synchronous, true),
        ["dirsync"] = (DirectorySynchronous, false),
        ["remount"] = (MountFlags.Remount, false),
        ["mand"] = (Mandatory, false),
        ["nomand"] = (Mandatory, true),
        ["noatime"] = (MountFlags.NoAccessTime, false),
        ["atime"] = (MountFlags.NoAccessTime, true),
        ["nodiratime"] = (MountFlags.NoDirectoryAccessTime, false),
        ["diratime"] = (MountFlags.NoDirectoryAccessTime, true),
        ["relatime"] = (MountFlags.RelativeAccessTime, false),
        ["norelatime"] = (MountFlags.RelativeAccessTime, true),
        ["strictatime"] = (MountFlags.StrictAccessTime, false),
        ["nostrictatime"] = (MountFlags.StrictAccessTime, true),
        ["bind"] = (MountFlags.Bind, false),
        ["rbind"] = (MountFlags.Bind | MountFlags.Recursive, false),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, MountFlags> Propagations = new Dictionary<string, MountFlags>
    {
        ["private"] = MountFlags.Private,
        ["rprivate"] = MountFlags.Private | MountFlags.Recursive,
        ["shared"] = MountFlags.Shared,
        ["rshared"] = MountFlags.Shared | MountFlags.Recursive,
        ["slave"] = MountFlags.Slave,
        ["rslave"] = MountFlags.Slave | MountFlags.Recursive,
        ["unbindable"] = MountFlags.Unbindable,
        ["runbindable"] = MountFlags.Unbindable | MountFlags.Recursive,
    }.ToFrozenDictionary();

    internal static MountWords Parse(string text)
    {
        var (flags, propagation, data) = (MountFlags.None, MountFlags.None, new List<string>());
        foreach (var word in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Known.TryGetValue(word, out var known))
            {
                flags = known.Clear ? flags & ~known.Flag : flags | known.Flag;
            }
            else if (Propagations.TryGetValue(word, out var wished))
            {
                propagation = wished;
            }
            else
            {
                data.Add(word);
            }
        }

        return new MountWords(flags, propagation, string.Join(',', data));
    }
}

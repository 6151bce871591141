namespace Naru.Linux.Files;

/// <summary>Files that are either wholly the old or wholly the new ones, whenever the process or the machine stops.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a sibling and renames it over the path. With <paramref name="durable"/> the content and the name are on disk when
    /// this returns; without, a crash of the machine (not of the process) may bring the old file back.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool durable = true, uint mode = 0x180)
    {
        var (directory, name) = Split(path);
        using var parent = AtCalls.Open(FileCalls.AtCurrent, directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        var descriptor = (int)parent.DangerousGetHandle();
        var temporary = $".{name}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = AtCalls.Open(descriptor, temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, mode))
            {
                LinuxException.ThrowIfFailed(FileCalls.ChangeMode((int)file.DangerousGetHandle(), mode), "chmod", path);
                RandomAccess.Write(file, content, 0);
                if (durable)
                {
                    LinuxException.ThrowIfFailed(FileCalls.Sync((int)file.DangerousGetHandle()), "fsync", path);
                }
            }

            AtCalls.ThrowIf(AtCalls.TryRename(descriptor, temporary, descriptor, name), "rename", path);
        }
        catch
        {
            AtCalls.TryUnlink(descriptor, temporary, isDirectory: false);
            throw;
        }

        if (durable)
        {
            LinuxException.ThrowIfFailed(FileCalls.Sync(descriptor), "fsync", directory);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly | OpenFlags.Directory);
        LinuxException.ThrowIfFailed(FileCalls.Sync((int)directory.DangerousGetHandle()), "fsync", path);
    }

    /// <summary>True for the leavings of a replacement that a crash cut short; they may be removed at start.</summary>
    public static bool IsLeftover(string name) =>
        name.StartsWith('.') && name.EndsWith(".new", StringComparison.Ordinal);

    private static (string Directory, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? (".", path) : (slash == 0 ? "/" : path[..slash], path[(slash + 1)..]);
    }
}

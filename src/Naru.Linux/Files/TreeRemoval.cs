namespace Naru.Linux.Files;

/// <summary>Removes trees by descriptors, one name at a time; a link is removed, never followed, and what is mounted below is never touched.</summary>
internal static class TreeRemoval
{
    // Far beyond any real tree. Deeper ones are first moved up, see Remove.
    private const int MaxDepth = 256;

    /// <summary>Removes the name and all below it. False if there was none.</summary>
    internal static bool Remove(int parent, string name)
    {
        // 1. A file is gone at once.
        var errno = AtCalls.TryUnlink(parent, name, isDirectory: false);
        if (errno is Errno.None or Errno.NotFound)
        {
            return errno == Errno.None;
        }

        if (errno is not (Errno.IsADirectory or Errno.NotPermitted))
        {
            throw new LinuxException(errno, "remove", name);
        }

        // 2. A directory after its content. Names too deep are moved up to its own level, so stack and descriptors stay bounded.
        using (var directory = AtCalls.OpenUnmounted(parent, name))
        {
            var descriptor = (int)directory.DangerousGetHandle();
            int moved;
            do
            {
                moved = 0;
                using var fromStart = AtCalls.Open(descriptor, ".", OpenFlags.ReadOnly | OpenFlags.Directory);
                Empty(descriptor, (int)fromStart.DangerousGetHandle(), 0, ref moved);
            }
            while (moved > 0);
        }

        errno = AtCalls.TryUnlink(parent, name, isDirectory: true);
        if (errno is not (Errno.None or Errno.NotFound))
        {
            throw new LinuxException(errno, "remove", name);
        }

        return true;
    }

    /// <summary>Removes all that the directory holds.</summary>
    internal static void Empty(int directory)
    {
        using var again = AtCalls.Open(directory, ".", OpenFlags.ReadOnly | OpenFlags.Directory);
        foreach (var entry in DirectoryReader.Read((int)again.DangerousGetHandle(), "."))
        {
            Remove(directory, entry.Name);
        }
    }

    private static void Empty(int top, int directory, int depth, ref int moved)
    {
        foreach (var entry in DirectoryReader.Read(directory, "directory"))
        {
            if (entry.Kind is not (FileKind.Directory or FileKind.Unknown)
                || AtCalls.TryUnlink(directory, entry.Name, isDirectory: true) != Errno.None)
            {
                RemoveEntry(top, directory, entry, depth, ref moved);
            }
        }
    }

    private static void RemoveEntry(int top, int directory, DirectoryEntry entry, int depth, ref int moved)
    {
        var errno = AtCalls.TryUnlink(directory, entry.Name, isDirectory: false);
        if (errno is Errno.None or Errno.NotFound)
        {
            return;
        }

        if (errno is not (Errno.IsADirectory or Errno.NotPermitted))
        {
            throw new LinuxException(errno, "remove", entry.Name);
        }

        if (depth >= MaxDepth)
        {
            var parking = $".naru-removing-{Guid.NewGuid():N}";
            moved++;
            AtCalls.ThrowIf(AtCalls.TryRename(directory, entry.Name, top, parking), "rename", entry.Name);
            return;
        }

        using (var child = AtCalls.OpenUnmounted(directory, entry.Name))
        {
            Empty(top, (int)child.DangerousGetHandle(), depth + 1, ref moved);
        }

        errno = AtCalls.TryUnlink(directory, entry.Name, isDirectory: true);
        if (errno is not (Errno.None or Errno.NotFound) && !(errno == Errno.DirectoryNotEmpty && moved > 0))
        {
            throw new LinuxException(errno, "remove", entry.Name);
        }
    }
}

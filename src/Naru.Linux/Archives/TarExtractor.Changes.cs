using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>What happens to names that exist already, to whiteouts, and to directories at the end.</summary>
public sealed partial class TarExtractor
{
    private enum Cleared
    {
        /// <summary>A directory meets a directory: it stays.</summary>
        Kept,
        Removed,

        /// <summary>A mark of deletion made way.</summary>
        Whiteout,
    }

    /// <summary>Makes way for an entry whose name exists.</summary>
    private Cleared Clear(string parent, string name, TarEntry entry)
    {
        var directory = _directories.Open(parent);
        if (!AtCalls.TryStat(directory, name, out var status, out var errno))
        {
            return errno == Errno.NotFound ? Cleared.Removed : throw new LinuxException(errno, "lstat", name);
        }

        var isDirectory = entry.Kind == TarEntryKind.Directory;
        if (status.IsDirectory && isDirectory)
        {
            return Cleared.Kept;
        }

        if (_options.KeepKinds && status.IsDirectory != isDirectory)
        {
            throw TarReader.Malformed(isDirectory
                ? $"cannot overwrite non-directory \"/{entry.Name.Trim('/')}\" with directory"
                : $"cannot overwrite directory \"/{entry.Name.Trim('/')}\" with non-directory");
        }

        var path = parent.Length == 0 ? name : $"{parent}/{name}";
        if (_options.Displace is { } displace && status.Kind is FileKind.Regular or FileKind.Directory)
        {
            AtCalls.ThrowIf(AtCalls.TryRename(directory, name, FileCalls.AtCurrent, displace(path)), "rename", path);
        }
        else
        {
            TreeRemoval.Remove(directory, name);
        }

        _directories.Forget();
        foreach (var gone in _pendingDirectories.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            _pendingDirectories.Remove(gone);
        }

        return status.IsWhiteout ? Cleared.Whiteout : Cleared.Removed;
    }

    /// <summary>True if the name is a mark (or a relic of aufs) and not an entry; a mark in an impossible place is refused.</summary>
    private bool PlaceWhiteout(TarEntry entry, string parent, string name)
    {
        if (parent.StartsWith(Whiteout.Prefix, StringComparison.Ordinal) || parent.Contains("/" + Whiteout.Prefix, StringComparison.Ordinal))
        {
            if (parent.Contains(Whiteout.MetaPrefix, StringComparison.Ordinal))
            {
                return true;
            }

            throw TarReader.Malformed($"\"{entry.Name}\" lies below a whiteout");
        }

        if (!name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (name == Whiteout.OpaqueName)
        {
            var (above, self) = ArchivePath.Split(parent);
            _directories.Open(parent);
            AtCalls.ThrowIf(
                self.Length == 0 ? Whiteout.TryMakeOpaque(_target.Descriptor, "") : Whiteout.TryMakeOpaque(_directories.Open(above), self), "setxattr", parent);
            return true;
        }

        if (name.StartsWith(Whiteout.MetaPrefix, StringComparison.Ordinal))
        {
            return true;
        }

        var hidden = name[Whiteout.Prefix.Length..];
        if (hidden is "" or "." or "..")
        {
            throw TarReader.Malformed($"\"{entry.Name}\" is a whiteout of nothing");
        }

        // A file of the same layer wins over its own whiteout, which speaks of the layers below.
        var directory = _directories.Open(parent);
        var errno = AtCalls.TryMakeNode(directory, hidden, (uint)FileKind.CharacterDevice, default);
        if (errno != Errno.Exists)
        {
            AtCalls.ThrowIf(errno, "mknod", name);
            AtCalls.SetTimes(directory, hidden, entry.Modified, entry.Modified);
        }

        return true;
    }

    /// <summary>Children change a directory's time, and a set-group bit would reach them, so directories get theirs last.</summary>
    private void FinishDirectories()
    {
        foreach (var (path, entry) in _pendingDirectories)
        {
            using var handle = AtCalls.TryOpenInRoot(
                _target.Descriptor, path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, 0, out var errno);
            if (handle is not null)
            {
                _maker.Finish((int)handle.DangerousGetHandle(), path, entry);
            }
            else if (errno is not (Errno.NotFound or Errno.NotADirectory or Errno.Loop))
            {
                throw new LinuxException(errno, "open", path);
            }
        }
    }
}

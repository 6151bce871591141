using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>Makes files with as few calls as the entry needs.</summary>
internal sealed unsafe class FileMaker(ExtractionOptions options)
{
    private readonly uint _mask = ReadMask();

    /// <summary>A new file's descriptor, or below zero: the name exists. Other failures throw.</summary>
    internal int TryCreateFile(int directory, string name, TarEntry entry)
    {
        // What still gets another owner must not be open to the first one meanwhile.
        var mode = OwnerOf(entry) == (0, 0) ? entry.Permissions & 0x1FF : 0x180;
        var descriptor = AtCalls.TryOpen(
            directory, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, mode);
        return descriptor >= 0 || AtCalls.LastErrno() == Errno.Exists ? descriptor : throw LinuxException.Last("open", name);
    }

    internal static uint NodeMode(TarEntry entry) => entry.Permissions & 0x1FF | (uint)(entry.Kind switch
    {
        TarEntryKind.CharacterDevice => FileKind.CharacterDevice,
        TarEntryKind.BlockDevice => FileKind.BlockDevice,
        _ => FileKind.Fifo,
    });

    internal static void Write(int descriptor, ReadOnlySpan<byte> content, string name)
    {
        fixed (byte* bytes = content)
        {
            for (var written = 0; written < content.Length;)
            {
                var length = FileCalls.Write(descriptor, bytes + written, (nuint)(content.Length - written));
                if (length >= 0)
                {
                    written += (int)length;
                }
                else if (AtCalls.LastErrno() != Errno.Interrupted)
                {
                    throw LinuxException.Last("write", name);
                }
            }
        }
    }

    /// <summary>Sets what an open file or directory still lacks. The owner comes first, as changing it drops mode bits and capabilities.</summary>
    internal void Finish(int descriptor, string name, TarEntry entry)
    {
        var (user, group) = OwnerOf(entry);
        var isDirectory = entry.Kind == TarEntryKind.Directory;
        if (isDirectory || options.Whiteouts == WhiteoutForm.None || (user, group) != (0u, 0u))
        {
            AtCalls.ChangeOwner(descriptor, "", user, group);
        }

        if (isDirectory || (user, group) != (0u, 0u) || (entry.Permissions & (_mask | 0xE00)) != 0)
        {
            LinuxException.ThrowIfFailed(FileCalls.ChangeMode(descriptor, entry.Permissions), "chmod", name);
        }

        SetAttributes($"/proc/self/fd/{descriptor}", entry);
        AtCalls.SetTimes(descriptor, entry.Modified, entry.Modified, name);
    }

    /// <summary>The same for a link, device or FIFO by its name.</summary>
    internal void FinishNamed(int directory, string name, TarEntry entry)
    {
        var (user, group) = OwnerOf(entry);
        if (options.Whiteouts == WhiteoutForm.None || (user, group) != (0u, 0u))
        {
            AtCalls.ChangeOwner(directory, name, user, group);
        }

        if (entry.Kind != TarEntryKind.Symlink)
        {
            AtCalls.ChangeMode(directory, name, entry.Permissions);
        }

        SetAttributes($"/proc/self/fd/{directory}/{name}", entry);
        AtCalls.SetTimes(directory, name, entry.Modified, entry.Modified);
    }

    private static void SetAttributes(string path, TarEntry entry)
    {
        foreach (var (attribute, value) in entry.Attributes)
        {
            if (!IsWelcome(attribute))
            {
                continue;
            }

            var errno = ExtendedAttributes.TrySet(path, attribute, value);
            if (errno is not (Errno.None or Errno.NotSupported or Errno.NotPermitted))
            {
                throw new LinuxException(errno, "setxattr", $"{entry.Name} {attribute}");
            }
        }
    }

    /// <summary>Attributes by which overlayfs and security modules steer themselves are not an archive's to set.</summary>
    private static bool IsWelcome(string attribute) =>
        attribute == "security.capability"
        || attribute is "system.posix_acl_access" or "system.posix_acl_default"
        || (attribute.StartsWith("user.", StringComparison.Ordinal) && !attribute.StartsWith("user.overlay.", StringComparison.Ordinal));

    private (uint User, uint Group) OwnerOf(TarEntry entry)
    {
        var (user, group) = options.Owner ?? (entry.User, entry.Group);
        return options.Users is { } users ? (users.Outside(user), users.Outside(group)) : (user, group);
    }

    private static uint ReadMask()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("Umask:", StringComparison.Ordinal));
        return line is null ? 0x1FFu : Convert.ToUInt32(line["Umask:".Length..].Trim(), 8) & 0x1FF;
    }
}

using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>
/// Writes a tree as tar: names in ordinal order, files with several names once and then as hard links, so the same tree gives the same
/// bytes. Walks by descriptors and follows no link. Files that change meanwhile are cut or filled up to the size they began with;
/// names that vanish meanwhile are left out; sockets are left out.
/// </summary>
public sealed class DirectoryArchiver(ArchivingOptions options)
{
    private readonly Dictionary<(DeviceNumber FileSystem, ulong Inode), string> _linked = [];
    private DeviceNumber _fileSystem;

    /// <summary>Writes what the path inside the root names (a link at its end is written as a link) and leaves the archive open.</summary>
    public async Task WriteAsync(RootedDirectory root, string path, TarWriter writer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var handle = AtCalls.OpenInRoot(root.Descriptor, path, OpenFlags.PathOnly | OpenFlags.NoFollow, 0);
        var descriptor = (int)handle.DangerousGetHandle();
        var status = AtCalls.Stat(descriptor, "");
        _fileSystem = status.FileSystem;
        if (!status.IsDirectory)
        {
            var (parent, name) = ArchivePath.Split(path.Trim('/'));
            using var above = AtCalls.OpenInRoot(root.Descriptor, parent, OpenFlags.PathOnly | OpenFlags.Directory, 0);
            await WriteOtherAsync(writer, (int)above.DangerousGetHandle(), name, options.TopName.Length == 0 ? name : options.TopName, status, cancellationToken);
            return;
        }

        if (options.TopName.Length > 0)
        {
            await WriteDirectoryEntryAsync(writer, $"/proc/self/fd/{descriptor}", options.TopName.TrimEnd('/'), status, cancellationToken);
        }

        await WriteChildrenAsync(writer, descriptor, "", cancellationToken);
    }

    /// <summary>Writes a whole archive.</summary>
    public async Task WriteAsync(RootedDirectory root, string path, Stream destination, CancellationToken cancellationToken)
    {
        using var writer = new TarWriter(destination);
        await WriteAsync(root, path, writer, cancellationToken);
        await writer.FinishAsync(cancellationToken);
    }

    private string NameOf(string relative) => options.TopName is "" or "/" ? options.TopName + relative : $"{options.TopName}/{relative}";

    private async Task WriteChildrenAsync(TarWriter writer, int parent, string path, CancellationToken cancellationToken)
    {
        using var directory = AtCalls.Open(parent, ".", OpenFlags.ReadOnly | OpenFlags.Directory);
        var descriptor = (int)directory.DangerousGetHandle();
        if (options.Whiteouts == WhiteoutForm.Overlay && path.Length > 0
            && ExtendedAttributes.Get($"/proc/self/fd/{descriptor}", Whiteout.OpaqueAttribute) is [(byte)'y'])
        {
            await writer.WriteEntryAsync(Mark($"{path}/{Whiteout.OpaqueName}", AtCalls.Stat(descriptor, "")), cancellationToken);
        }

        var entries = DirectoryReader.Read(descriptor, path);
        entries.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        foreach (var entry in entries)
        {
            var relative = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (options.Include is { } include && !include(relative))
            {
                continue;
            }

            if (!AtCalls.TryStat(descriptor, entry.Name, out var status, out _) || (!options.CrossMounts && status.FileSystem != _fileSystem))
            {
                continue;
            }

            if (status.IsDirectory)
            {
                await WriteDirectoryAsync(writer, descriptor, entry.Name, relative, status, cancellationToken);
            }
            else if (options.Whiteouts == WhiteoutForm.Overlay && status.IsWhiteout)
            {
                await writer.WriteEntryAsync(Mark(path.Length == 0 ? Whiteout.Prefix + entry.Name : $"{path}/{Whiteout.Prefix}{entry.Name}", status), cancellationToken);
            }
            else
            {
                await WriteOtherAsync(writer, descriptor, entry.Name, NameOf(relative), status, cancellationToken);
            }
        }
    }

    private TarEntry Mark(string name, FileStatus status) => new()
    {
        Name = NameOf(name),
        Kind = TarEntryKind.Regular,
        Permissions = 0x180,
        Modified = TimeOf(status),
    };

    private async Task WriteDirectoryAsync(
        TarWriter writer, int parent, string name, string relative, FileStatus status, CancellationToken cancellationToken)
    {
        var descriptor = AtCalls.TryOpen(parent, name, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow, 0);
        if (descriptor < 0)
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        await WriteDirectoryEntryAsync(writer, $"/proc/self/fd/{descriptor}", NameOf(relative), status, cancellationToken);
        await WriteChildrenAsync(writer, descriptor, relative, cancellationToken);
    }

    private ValueTask WriteDirectoryEntryAsync(TarWriter writer, string place, string name, FileStatus status, CancellationToken cancellationToken) =>
        writer.WriteEntryAsync(Describe(place, name + "/", status) with { Kind = TarEntryKind.Directory }, cancellationToken);

    private async Task WriteOtherAsync(
        TarWriter writer, int directory, string name, string archived, FileStatus status, CancellationToken cancellationToken)
    {
        if (status.Kind is FileKind.Socket or FileKind.Unknown)
        {
            return;
        }

        if (status.Links > 1)
        {
            if (_linked.TryGetValue((status.FileSystem, status.Inode), out var first))
            {
                await writer.WriteEntryAsync(
                    Plain(archived, status) with { Kind = TarEntryKind.HardLink, LinkName = first }, cancellationToken);
                return;
            }

            _linked.Add((status.FileSystem, status.Inode), archived);
        }

        var place = $"/proc/self/fd/{directory}/{name}";
        switch (status.Kind)
        {
            case FileKind.Regular:
                await WriteFileAsync(writer, directory, name, archived, status, cancellationToken);
                break;
            case FileKind.Symlink:
                await writer.WriteEntryAsync(
                    Describe(place, archived, status) with { Kind = TarEntryKind.Symlink, LinkName = AtCalls.ReadLink(directory, name) }, cancellationToken);
                break;
            default:
                var kind = status.Kind switch
                {
                    FileKind.CharacterDevice => TarEntryKind.CharacterDevice,
                    FileKind.BlockDevice => TarEntryKind.BlockDevice,
                    _ => TarEntryKind.Fifo,
                };
                await writer.WriteEntryAsync(Describe(place, archived, status) with { Kind = kind, Device = status.Device }, cancellationToken);
                break;
        }
    }

    private async Task WriteFileAsync(
        TarWriter writer, int directory, string name, string archived, FileStatus expected, CancellationToken cancellationToken)
    {
        var descriptor = AtCalls.TryOpen(directory, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.NoTerminal, 0);
        if (descriptor < 0)
        {
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var status = AtCalls.Stat(descriptor, "");
        if (!status.IsRegular || !status.IsSameFile(expected))
        {
            return;
        }

        await writer.WriteEntryAsync(Describe($"/proc/self/fd/{descriptor}", archived, status) with { Size = status.Size }, cancellationToken);
        await writer.CopyFromAsync(descriptor, archived, cancellationToken);
    }

    private TarEntry Describe(string place, string name, FileStatus status) => Plain(name, status) with { Attributes = ReadAttributes(place) };

    private TarEntry Plain(string name, FileStatus status) => new()
    {
        Name = name,
        Kind = TarEntryKind.Regular,
        Permissions = status.Permissions,
        User = options.Owner?.User ?? options.Users?.Inside(status.User) ?? status.User,
        Group = options.Owner?.Group ?? options.Users?.Inside(status.Group) ?? status.Group,
        Modified = TimeOf(status),
    };

    private UnixTime TimeOf(FileStatus status) => options.WholeSeconds ? status.Modified with { Nanoseconds = 0 } : status.Modified;

    private ImmutableSortedDictionary<string, byte[]> ReadAttributes(string place)
    {
        var kept = ImmutableSortedDictionary<string, byte[]>.Empty.WithComparers(StringComparer.Ordinal);
        foreach (var attribute in ExtendedAttributes.List(place))
        {
            var keep = options.KeepAttribute?.Invoke(attribute)
                ?? attribute == "security.capability" || (attribute.StartsWith("user.", StringComparison.Ordinal) && !attribute.StartsWith("user.overlay.", StringComparison.Ordinal));
            if (keep && ExtendedAttributes.Get(place, attribute) is { } value)
            {
                kept = kept.Add(attribute, value);
            }
        }

        return kept;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Linux.Files;

namespace Naru.Linux.Hosts;

/// <summary>Files that pods see as volumes.</summary>
internal sealed class NodeFiles : INodeFiles
{
    // What readers look through: it points at the directory that holds the files, and is swapped in one step.
    private const string Link = "..data";
    private const string NextLink = "..data_tmp";
    private const uint DirectoryMode = 0x1ED;

    // A directory of a group's: its members may do everything, and what they make belongs to the group.
    private const uint Given = 0x400 | 0x1B8 | 0x8;

    public bool Publish(string directory, IReadOnlyCollection<PublishedFile> files, long? group)
    {
        using var root = RootedDirectory.Open(directory);
        var old = root.TryStat(Link, follow: false) is { IsSymlink: true } ? root.ReadLink(Link) : null;
        if (old is not null && Holds(root, old, files))
        {
            return false;
        }

        var stand = string.Create(CultureInfo.InvariantCulture, $"..{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        root.CreateDirectory(stand, DirectoryMode);
        foreach (var file in files)
        {
            Write(root, $"{stand}/{file.Path}", file, group);
        }

        root.Remove(NextLink);
        root.CreateSymlink(NextLink, stand);
        root.Rename(NextLink, Link);
        ShowNames(root, files);
        if (old is not null)
        {
            root.RemoveTree(old);
        }

        return true;
    }

    public NodeFileKind KindOf(string path)
    {
        using var file = AtCalls.TryOpenPath(path);
        return file is null ? NodeFileKind.Missing : KindOf(FileStatus.Of(file));
    }

    private static NodeFileKind KindOf(in FileStatus status) => status.Kind switch
    {
        FileKind.Directory => NodeFileKind.Directory,
        FileKind.Regular => NodeFileKind.File,
        FileKind.Socket => NodeFileKind.Socket,
        FileKind.CharacterDevice => NodeFileKind.CharacterDevice,
        FileKind.BlockDevice => NodeFileKind.BlockDevice,
        _ => NodeFileKind.Other,
    };

    public byte[]? ReadBelow(string directory, string path, int most)
    {
        using var root = RootedDirectory.Open(directory);
        if (!root.Exists(path))
        {
            return null;
        }

        using var file = root.OpenRead(path);
        if (file.Length > most)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"{path} is longer than {most} bytes");
        }

        var bytes = new byte[file.Length];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    public void MakeScattered(string path) => ScatteredDirectory.Create(path);

    public void MakeDirectory(string path, int mode)
    {
        if (KindOf(path) != NodeFileKind.Missing)
        {
            return;
        }

        Directory.CreateDirectory(path);
        using var made = RootedDirectory.Open(Path.GetDirectoryName(path)!);
        made.ChangeMode(Path.GetFileName(path), (uint)mode);
    }

    public void GiveToGroup(string directory, long group, bool evenIfGiven)
    {
        using var root = RootedDirectory.Open(directory);
        var top = root.Stat("");
        if (evenIfGiven || top.Group != (uint)group || (top.Permissions & Given) != Given)
        {
            Give(root, "", (uint)group);
        }
    }

    public async Task CopyTreeAsync(string source, string target, CancellationToken cancellationToken) => await Task.Run(
        () =>
        {
            // What a crash left half copied is no copy: a finished one gets its name in one step.
            var half = target + ".part";
            RemoveTree(half);
            Directory.CreateDirectory(half);
            using (var from = RootedDirectory.Open(source))
            using (var to = RootedDirectory.Open(half))
            {
                TreeCopy.Copy(from, to, cancellationToken);
            }

            FileSystems.Sync(half);
            Directory.Move(half, target);
        },
        cancellationToken);

    public void RemoveTree(string directory)
    {
        if (Directory.Exists(directory))
        {
            using var above = RootedDirectory.Open(Path.GetDirectoryName(directory)!);
            above.RemoveTree(Path.GetFileName(directory));
        }
    }

    private static void Give(RootedDirectory root, string path, uint group)
    {
        var status = root.Stat(path, follow: false);
        if (status.IsSymlink)
        {
            return;
        }

        root.ChangeOwner(path, status.User, group, follow: false);
        if (!status.IsDirectory)
        {
            root.ChangeMode(path, status.Permissions | 0x1B0);
            return;
        }

        root.ChangeMode(path, status.Permissions | Given);
        foreach (var entry in root.List(path))
        {
            Give(root, path.Length == 0 ? entry.Name : $"{path}/{entry.Name}", group);
        }
    }

    private static void Write(RootedDirectory root, string path, PublishedFile file, long? group)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } above)
        {
            root.CreateDirectories(above, DirectoryMode);
        }

        var mode = (uint)file.Mode | (group is null ? 0u : 0x120u);
        using (var stream = root.OpenWrite(path, mode))
        {
            stream.Write(file.Content.Span);
        }

        root.ChangeMode(path, mode);
        if (group is not null || file.User is not null)
        {
            root.ChangeOwner(path, (uint)(file.User ?? 0), (uint)(group ?? 0));
        }
    }

    private static bool Holds(RootedDirectory root, string stand, IReadOnlyCollection<PublishedFile> files)
    {
        if (Count(root, stand) != files.Count)
        {
            return false;
        }

        foreach (var file in files)
        {
            var path = $"{stand}/{file.Path}";
            if (root.TryStat(path) is not { IsRegular: true } status || status.Size != file.Content.Length)
            {
                return false;
            }

            using var stream = root.OpenRead(path);
            var bytes = new byte[file.Content.Length];
            stream.ReadExactly(bytes);
            if (!bytes.AsSpan().SequenceEqual(file.Content.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static int Count(RootedDirectory root, string path) => root.TryStat(path) is null ? -1 : root.List(path).Sum(entry =>
        root.Stat($"{path}/{entry.Name}", follow: false).IsDirectory ? Count(root, $"{path}/{entry.Name}") : 1);

    private static void ShowNames(RootedDirectory root, IReadOnlyCollection<PublishedFile> files)
    {
        var names = files.Select(static file => file.Path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in root.List().Where(entry => !entry.Name.StartsWith("..", StringComparison.Ordinal) && !names.Contains(entry.Name)))
        {
            root.Remove(entry.Name);
        }

        foreach (var name in names.Where(name => !root.Exists(name, follow: false)))
        {
            root.CreateSymlink(name, $"{Link}/{name}");
        }
    }
}

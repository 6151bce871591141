using System.Collections.Immutable;
using Naru.Containers.Bundles;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Containers.Files;

/// <summary>Copies into and out of containers. Every path is resolved by the kernel inside the container's root, however its links change meanwhile.</summary>
internal sealed class ContainerFiles(ContainerViews views, ISnapshots snapshots, Decompressor decompressor) : IContainerFiles, IEngineStage
{
    private const int MostLinks = 40;

    /// <summary>Before anything is copied and after images are there.</summary>
    public int Order => 250;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        views.Sweep();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<FileEntry> StatAsync(Container container, string path, CancellationToken cancellationToken) =>
        UseAsync(container, path, (view, inside) => Task.FromResult(Stat(view, container, inside, path)), cancellationToken);

    public async Task<FileArchive> OpenArchiveAsync(Container container, string path, CancellationToken cancellationToken)
    {
        var entry = await StatAsync(container, path, cancellationToken);
        return new FileArchive(entry, (destination, token) => UseAsync(
            container,
            path,
            async (view, inside) =>
            {
                var status = StatusOf(view, container, inside, path);
                var start = view.Root.Resolve(status.IsDirectory ? inside.Text : "/").TrimEnd('/');
                var archiver = new DirectoryArchiver(new ArchivingOptions
                {
                    TopName = inside.Name,
                    Users = container.Spec.Isolation.Users,
                    Include = status.IsDirectory && view.Unreal.Count > 0 ? relative => !view.Unreal.Contains($"{start}/{relative}") : null,
                });
                await archiver.WriteAsync(view.Root, inside.Text, destination, token);
                return true;
            },
            token));
    }

    public Task ExtractAsync(Container container, string path, Stream archive, ExtractOptions options, CancellationToken cancellationToken) =>
        UseAsync(
            container,
            path,
            async (view, inside) =>
            {
                if (view.Root.TryStat(inside.Text) is not { } status)
                {
                    throw FileFailures.NotFound(container, path);
                }

                if (!status.IsDirectory)
                {
                    throw NaruException.Invalid("extraction point is not a directory");
                }

                var target = view.Root.Resolve(inside.Text);
                CheckWritable(container, target);
                await ExtractAsync(view.Root, target, container, archive, options, cancellationToken);
                return true;
            },
            cancellationToken);

    public async Task ExportAsync(Container container, Stream destination, CancellationToken cancellationToken)
    {
        var path = await snapshots.MountAsync(container.SnapshotKey, cancellationToken);
        try
        {
            using var root = RootedDirectory.Open(path);
            await new DirectoryArchiver(new ArchivingOptions { Users = container.Spec.Isolation.Users }).WriteAsync(root, "", destination, cancellationToken);
        }
        finally
        {
            await snapshots.UnmountAsync(container.SnapshotKey, CancellationToken.None);
        }
    }

    public Task<ImmutableArray<FileChange>> ChangesAsync(Container container, CancellationToken cancellationToken)
    {
        var paths = snapshots.PathsOf(container.SnapshotKey);
        return Task.Run(
            () =>
            {
                using var finder = new ChangeFinder(paths, container.Mounts.Select(mount => mount.Target), cancellationToken) { Users = container.Spec.Isolation.Users };
                return finder.Find();
            },
            cancellationToken);
    }

    private static FileEntry Stat(ContainerView view, Container container, ContainerPath inside, string path)
    {
        var status = StatusOf(view, container, inside, path);
        var target = status.IsSymlink ? FollowInside(view.Root, inside.Text) : "";
        return new FileEntry(inside.Name, status.Size, status.Mode, status.Modified.ToDateTimeOffset(), target);
    }

    /// <summary>The status of the path; a link at its end is told as a link unless a slash or dot follows it.</summary>
    private static FileStatus StatusOf(ContainerView view, Container container, ContainerPath inside, string path)
    {
        if (view.Root.TryStat(inside.Text, follow: false) is { } status)
        {
            return status;
        }

        throw inside.WantsDirectory && view.Root.Exists(inside.Text.TrimEnd('.').TrimEnd('/'))
            ? NaruException.Invalid($"{path}: not a directory")
            : FileFailures.NotFound(container, path);
    }

    /// <summary>Where a link leads inside the root, although what it names may not exist.</summary>
    private static string FollowInside(RootedDirectory root, string path)
    {
        for (var links = 0; links < MostLinks; links++)
        {
            var trimmed = path.TrimEnd('/');
            var slash = trimmed.LastIndexOf('/');
            var parent = trimmed[..Math.Max(slash, 0)];
            if (root.TryStat(parent) is null)
            {
                return ContainerPath.Parse(path).Text;
            }

            path = $"{root.Resolve(parent).TrimEnd('/')}/{trimmed[(slash + 1)..]}";
            if (root.TryStat(path, follow: false) is not { IsSymlink: true })
            {
                return path;
            }

            var target = root.ReadLink(path);
            path = ContainerPath.Parse(target.StartsWith('/') ? target : $"{path[..path.LastIndexOf('/')]}/{target}").Text;
        }

        return path;
    }

    private static MountPoint? MountOf(Container container, string target) => container.Mounts
        .Where(mount => target == mount.Target || target.StartsWith(mount.Target.TrimEnd('/') + "/", StringComparison.Ordinal))
        .MaxBy(mount => mount.Target.Length);

    private static void CheckWritable(Container container, string target)
    {
        var mount = MountOf(container, target);
        if (mount is null ? container.Spec.Isolation.ReadOnlyRoot : !mount.Writable)
        {
            throw new NaruException(ErrorKind.PermissionDenied, mount is null ? FileFailures.RootReadOnly : FileFailures.VolumeReadOnly);
        }
    }

    private async Task ExtractAsync(
        RootedDirectory root, string target, Container container, Stream archive, ExtractOptions options, CancellationToken cancellationToken)
    {
        (uint, uint)? owner = null;
        if (options.ToContainerUser && container.Spec.Process.User is { Length: > 0 } user)
        {
            var resolved = UserResolver.Resolve(root, user, []);
            owner = (resolved.Uid, resolved.Gid);
        }

        await using var plain = await decompressor.OpenAsync(archive, cancellationToken);
        using var extractor = new TarExtractor(root, new ExtractionOptions
        {
            Below = target.Trim('/'),
            KeepKinds = options.KeepDirectories,
            Owner = owner,

            // On volumes ids are on disk as they are inside.
            Users = MountOf(container, target) is null ? container.Spec.Isolation.Users : null,
        });
        await extractor.ExtractAsync(plain, cancellationToken);
    }

    private async Task<T> UseAsync<T>(Container container, string path, Func<ContainerView, ContainerPath, Task<T>> use, CancellationToken cancellationToken)
    {
        var inside = ContainerPath.Parse(path);
        await using var view = await views.OpenAsync(container, cancellationToken);
        try
        {
            return await Task.Run(() => use(view, inside), cancellationToken);
        }
        catch (LinuxException failure)
        {
            throw FileFailures.Translate(failure, container, path);
        }
        catch (NaruException failure) when (failure.InnerException is LinuxException { Errno: Errno.ReadOnlyFileSystem })
        {
            throw new NaruException(ErrorKind.PermissionDenied, FileFailures.RootReadOnly, failure);
        }
    }
}

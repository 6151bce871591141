using System.Buffers;
using Naru.Builds.Patterns;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Builds.Copying;

/// <summary>Carries a plan out: writes below a root that is never left. Directories that are there keep their mode; files are replaced.</summary>
internal sealed class TreeCopier(RootedDirectory source, RootedDirectory target, CopyRequest request)
{
    private const int BufferSize = 1024 * 1024;
    private readonly List<(string Path, UnixTime Time)> _directories = [];

    public void Copy(CopyPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            var top = PrepareTarget(plan);
            foreach (var item in plan.Items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Place(item, PathFor(plan, top, item));
            }

            // The times of directories last: making entries changes them.
            for (var i = _directories.Count - 1; i >= 0; i--)
            {
                target.SetTimes(_directories[i].Path, _directories[i].Time, _directories[i].Time);
            }
        }
        catch (LinuxException problem)
        {
            throw problem.Errno is Errno.NoSpace or Errno.QuotaExceeded
                ? new NaruException(ErrorKind.ResourceExhausted, $"{request.Keyword} failed: {problem.Message}", problem)
                : new BuildException($"{request.Keyword} failed: {problem.Message}", inner: problem);
        }
    }

    /// <summary>The target's path; the directories above it are made.</summary>
    private string PrepareTarget(CopyPlan plan)
    {
        var top = PathText.Below(request.Target);
        var owner = request.Owner ?? (0, 0);
        var isDirectory = plan.NeedsDirectory || plan.Sources.Any(s => s.IsDirectory) || target.TryStat(top) is { IsDirectory: true };
        var needed = isDirectory && !(plan.Sources is [{ IsDirectory: true }] && !request.Parents) ? top : PathText.ParentOf(top);
        if (needed.Length > 0)
        {
            target.CreateDirectories(needed, 0x1ED, owner.User, owner.Group);
        }

        return top;
    }

    private string PathFor(CopyPlan plan, string top, in CopyItem item)
    {
        var one = plan.Sources[item.Group];
        if (request.Parents || one.IsDirectory || plan.NeedsDirectory || target.TryStat(top) is { IsDirectory: true })
        {
            return PathText.Join(top, item.Below).TrimStart('/');
        }

        return top;
    }

    private void Place(in CopyItem item, string path)
    {
        if (request.Parents && PathText.ParentOf(path) is { Length: > 0 } parent)
        {
            target.CreateDirectories(parent, 0x1ED, request.Owner?.User ?? 0, request.Owner?.Group ?? 0);
        }

        if (item.Status.IsDirectory)
        {
            PlaceDirectory(item, path);
            return;
        }

        if (target.TryStat(path, follow: false) is { } there)
        {
            if (there.IsDirectory)
            {
                throw new BuildException($"{request.Keyword} failed: cannot replace directory /{path} with a file");
            }

            target.Remove(path);
        }

        var permissions = request.Mode ?? item.Status.Permissions;
        switch (item.Status.Kind)
        {
            case FileKind.Symlink:
                target.CreateSymlink(path, source.ReadLink(item.Source));
                SetOwner(item, path);
                target.SetTimes(path, item.Status.Modified, item.Status.Modified, follow: false);
                return;
            case FileKind.Regular:
                CopyContent(item, path);
                break;
            default:
                target.CreateNode(path, item.Status.Kind, permissions, item.Status.Device);
                break;
        }

        SetOwner(item, path);
        target.ChangeMode(path, permissions);
        CopyAttributes(item, path);
        target.SetTimes(path, item.Status.Modified, item.Status.Modified, follow: false);
    }

    private void PlaceDirectory(in CopyItem item, string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        switch (target.TryStat(path))
        {
            case { IsDirectory: true }:
                return;
            case not null:
                throw new BuildException($"{request.Keyword} failed: cannot copy to non-directory: /{path}");
        }

        if (item.Below.Length == 0)
        {
            target.CreateDirectories(path);
        }
        else
        {
            target.Remove(path);
            target.CreateDirectory(path);
        }

        SetOwner(item, path);
        target.ChangeMode(path, request.Mode ?? item.Status.Permissions);
        CopyAttributes(item, path);
        _directories.Add((path, item.Status.Modified));
    }

    private void CopyContent(in CopyItem item, string path)
    {
        using var from = source.OpenRead(item.Source);
        using var to = target.OpenWrite(path, 0x180, truncate: false, exclusive: true);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(item.Status.Size, 4096, BufferSize));
        try
        {
            int count;
            while ((count = from.Read(buffer)) > 0)
            {
                to.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void SetOwner(in CopyItem item, string path)
    {
        var (user, group) = request.Owner ?? (item.Status.User, item.Status.Group);
        target.ChangeOwner(path, user, group, follow: false);
    }

    private void CopyAttributes(in CopyItem item, string path)
    {
        foreach (var name in source.ListAttributes(item.Source, follow: false))
        {
            if (name.StartsWith("user.", StringComparison.Ordinal) || name == "security.capability")
            {
                target.SetAttribute(path, name, source.GetAttribute(item.Source, name, follow: false)!, follow: false);
            }
        }
    }
}

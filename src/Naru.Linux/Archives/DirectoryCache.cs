using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>
/// Open directories by their path in an archive, so that most members cost no resolving. Whoever removes or moves a name must call
/// <see cref="Forget"/>. What is missing is made and belongs to the owner.
/// </summary>
internal sealed class DirectoryCache(RootedDirectory root, uint owner) : IDisposable
{
    private const int Capacity = 256;

    private readonly Dictionary<string, SafeFileHandle> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _implied = new(StringComparer.Ordinal);

    internal IReadOnlyList<string> Implied => [.. _implied.Order(StringComparer.Ordinal)];

    /// <summary>The directory's descriptor, valid until the next call; made with those above it where missing.</summary>
    internal int Open(string path)
    {
        if (path.Length == 0)
        {
            return root.Descriptor;
        }

        if (_open.TryGetValue(path, out var known))
        {
            return (int)known.DangerousGetHandle();
        }

        var handle = TryOpen(path, out var errno);
        if (handle is null && errno == Errno.NotFound)
        {
            Imply(path);
            root.CreateDirectories(path, user: owner, group: owner);
            handle = TryOpen(path, out errno);
        }

        return Keep(path, handle, errno);
    }

    /// <summary>As <see cref="Open"/>, but makes nothing.</summary>
    internal int OpenExisting(string path) =>
        path.Length == 0 ? root.Descriptor
        : _open.TryGetValue(path, out var known) ? (int)known.DangerousGetHandle()
        : Keep(path, TryOpen(path, out var errno), errno);

    /// <summary>The directory is a member after all.</summary>
    internal void Explicit(string path) => _implied.Remove(path);

    internal void Forget()
    {
        foreach (var handle in _open.Values)
        {
            handle.Dispose();
        }

        _open.Clear();
    }

    public void Dispose() => Forget();

    private void Imply(string path)
    {
        while (path.Length > 0 && root.TryStat(path) is null)
        {
            if (root.TryStat(path, follow: false) is not null)
            {
                throw TarReader.Malformed($"the link \"{path}\" leads nowhere, yet something lies below it");
            }

            _implied.Add(path);
            path = ArchivePath.Split(path).Parent;
        }
    }

    private SafeFileHandle? TryOpen(string path, out Errno errno) =>
        AtCalls.TryOpenInRoot(root.Descriptor, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, out errno);

    private int Keep(string path, SafeFileHandle? handle, Errno errno)
    {
        if (handle is null)
        {
            throw new LinuxException(errno, "open", path);
        }

        if (_open.Count >= Capacity)
        {
            Forget();
        }

        _open[path] = handle;
        return (int)handle.DangerousGetHandle();
    }
}

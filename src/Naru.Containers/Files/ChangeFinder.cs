using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Containers.Files;

/// <summary>
/// Compares what a container wrote with what lies below, without mounting or walking the image: only written names are looked up in the
/// layers. The answers are docker's: a directory counts as changed when its mode or owner or anything in it did, a file also when its size or time did.
/// </summary>
internal sealed class ChangeFinder : IDisposable
{
    private const string Opaque = "trusted.overlay.opaque";
    private const string Capability = "security.capability";
    private readonly RootedDirectory _upper;
    private readonly RootedDirectory[] _layers;
    private readonly HashSet<string> _given;
    private readonly List<FileChange> _changes = [];
    private readonly CancellationToken _cancellation;

    /// <summary>Opens the layers.</summary>
    /// <param name="paths">Where they are.</param>
    /// <param name="mounts">Absolute paths of mounts; the empty places made for them are no changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal ChangeFinder(SnapshotPaths paths, IEnumerable<string> mounts, CancellationToken cancellationToken)
    {
        _upper = RootedDirectory.Open(paths.Upper);
        _layers = [.. paths.Lower.Select(RootedDirectory.Open)];
        _given = GivenPaths(mounts);
        _cancellation = cancellationToken;
    }

    /// <summary>Whom what was written belongs to; null: to the host's users, as what lies below does.</summary>
    internal UserMapping? Users { get; init; }

    internal ImmutableArray<FileChange> Find()
    {
        Visit("", _layers);
        _changes.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return [.. _changes];
    }

    public void Dispose()
    {
        _upper.Dispose();
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }
    }

    /// <summary>Places that starting a container makes, which docker keeps in a layer of their own, and those on the way to them.</summary>
    private static HashSet<string> GivenPaths(IEnumerable<string> mounts)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        string[] always =
        [
            "/.dockerenv", "/dev/console", "/dev/pts", "/dev/shm", "/dev/mqueue", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab",
        ];
        foreach (var path in always.Concat(mounts))
        {
            for (var place = path.TrimEnd('/'); place.Length > 0; place = place[..place.LastIndexOf('/')])
            {
                given.Add(place);
            }
        }

        return given;
    }

    /// <summary>Compares one directory of the upper tree with its likes below.</summary>
    private void Visit(string path, IReadOnlyList<RootedDirectory> lower)
    {
        _cancellation.ThrowIfCancellationRequested();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _upper.List(path))
        {
            names.Add(entry.Name);
            if (_upper.TryStat($"{path}/{entry.Name}", follow: false) is { } status)
            {
                Compare($"{path}/{entry.Name}", status, lower);
            }
        }

        if (path.Length > 0 && lower.Count > 0 && IsOpaque(_upper, path))
        {
            foreach (var name in VisibleNames(path, lower).Where(name => !names.Contains(name)))
            {
                _changes.Add(new FileChange($"{path}/{name}", FileChangeKind.Deleted));
            }
        }
    }

    private void Compare(string path, FileStatus status, IReadOnlyList<RootedDirectory> lower)
    {
        var (before, holder, likes) = Below(path, lower);
        if (status.IsWhiteout)
        {
            if (before is not null)
            {
                _changes.Add(new FileChange(path, FileChangeKind.Deleted));
            }

            return;
        }

        var first = _changes.Count;
        if (status.IsDirectory)
        {
            Visit(path, likes);
        }

        var changedInside = _changes.Count > first;
        if (before is null)
        {
            var isGivenPlace = _given.Contains(path) && !changedInside && (status.IsDirectory || status.Size == 0 || status.IsSymlink);
            if (!isGivenPlace)
            {
                _changes.Add(new FileChange(path, FileChangeKind.Added));
            }
        }
        else if (changedInside || Differs(before.Value, status) || CapabilitiesDiffer(path, status, holder!))
        {
            _changes.Add(new FileChange(path, FileChangeKind.Modified));
        }
    }

    /// <summary>What the layers show at a path, who shows it, and the directories that merge there.</summary>
    private static (FileStatus? Status, RootedDirectory? Holder, List<RootedDirectory> Likes) Below(string path, IReadOnlyList<RootedDirectory> lower)
    {
        FileStatus? found = null;
        RootedDirectory? holder = null;
        var likes = new List<RootedDirectory>();
        foreach (var layer in lower)
        {
            if (layer.TryStat(path, follow: false) is not { } status)
            {
                continue;
            }

            if (status.IsWhiteout || (found is not null && !status.IsDirectory))
            {
                break;
            }

            (found, holder) = (found ?? status, holder ?? layer);
            if (!status.IsDirectory)
            {
                break;
            }

            likes.Add(layer);
            if (IsOpaque(layer, path))
            {
                break;
            }
        }

        return (found, holder, likes);
    }

    private static HashSet<string> VisibleNames(string path, IReadOnlyList<RootedDirectory> lower)
    {
        var (seen, visible) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var layer in lower)
        {
            foreach (var entry in layer.List(path))
            {
                if (seen.Add(entry.Name) && layer.TryStat($"{path}/{entry.Name}", follow: false) is { IsWhiteout: false })
                {
                    visible.Add(entry.Name);
                }
            }
        }

        return visible;
    }

    private static bool IsOpaque(RootedDirectory layer, string path) => layer.GetAttribute(path, Opaque, follow: false) is [(byte)'y'];

    private bool Differs(in FileStatus before, in FileStatus after) =>
        before.Mode != after.Mode || before.User != OwnerOf(after.User) || before.Group != OwnerOf(after.Group) || before.Device != after.Device
        || (!after.IsDirectory && (before.Size != after.Size || !IsSameTime(before.Modified, after.Modified)));

    private uint OwnerOf(uint id) => Users?.Inside(id) ?? id;

    /// <summary>A time without a fraction came from an archive that had none.</summary>
    private static bool IsSameTime(UnixTime before, UnixTime after) =>
        before.Seconds == after.Seconds && (before.Nanoseconds == after.Nanoseconds || before.Nanoseconds == 0 || after.Nanoseconds == 0);

    private bool CapabilitiesDiffer(string path, in FileStatus status, RootedDirectory holder)
    {
        if (!status.IsRegular)
        {
            return false;
        }

        var (before, after) = (holder.GetAttribute(path, Capability, follow: false), _upper.GetAttribute(path, Capability, follow: false));
        return !before.AsSpan().SequenceEqual(after);
    }
}

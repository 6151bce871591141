using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>
/// Puts an archive's members below a directory. Nothing outside the directory is ever touched, whatever names, links and orders the archive uses:
/// each name's directory is resolved by the kernel inside the root, and its last part is never followed. A hostile or broken archive is
/// <see cref="ErrorKind.InvalidArgument"/>; what was made until then stays for the caller to remove. A full disk is
/// <see cref="ErrorKind.ResourceExhausted"/>. Use once, from one thread.
/// </summary>
public sealed partial class TarExtractor : IDisposable
{
    private const long WriteEarlyFrom = 64 << 10;
    private const long SpaceCheckEvery = 8L << 20;

    private readonly RootedDirectory _target;
    private readonly ExtractionOptions _options;
    private readonly DirectoryCache _directories;
    private readonly FileMaker _maker;
    private readonly Dictionary<string, TarEntry> _pendingDirectories = new(StringComparer.Ordinal);
    private long _entries;
    private long _bytes;
    private long _checkAt;

    /// <summary>Extracts below a target that the caller keeps.</summary>
    public TarExtractor(RootedDirectory target, ExtractionOptions options)
    {
        _target = target;
        _options = options;
        _directories = new(target, options.Users?.First ?? 0);
        _maker = new(options);
    }

    /// <summary>Extracts the archive; sets the times and modes of directories at the end.</summary>
    public async Task<ExtractionResult> ExtractAsync(Stream tar, CancellationToken cancellationToken)
    {
        using var reader = new TarReader(tar, _options.Limits, _options.Tap);
        var name = "";
        try
        {
            while (await reader.NextAsync(cancellationToken) is { } entry)
            {
                name = entry.Name;
                _entries++;
                await PlaceAsync(reader, entry, cancellationToken);
                await DrainAsync(reader, cancellationToken);
            }

            FinishDirectories();
        }
        catch (LinuxException refused)
        {
            throw Translate(refused, name);
        }

        return new(_entries, _bytes, _directories.Implied);
    }

    public void Dispose() => _directories.Dispose();

    private static NaruException Translate(LinuxException refused, string name)
    {
        var kind = refused.Errno switch
        {
            Errno.NoSpace or Errno.QuotaExceeded or Errno.TooManyFiles or Errno.OutOfMemory => ErrorKind.ResourceExhausted,
            Errno.InputOutput or Errno.Stale => ErrorKind.Internal,
            Errno.ReadOnlyFileSystem or Errno.Busy => ErrorKind.FailedPrecondition,
            _ => ErrorKind.InvalidArgument,
        };
        return new(kind, $"cannot extract \"{name}\": {refused.Message}", refused);
    }

    private static async ValueTask DrainAsync(TarReader reader, CancellationToken cancellationToken)
    {
        while ((await reader.ReadAsync(cancellationToken)).Length > 0)
        {
        }
    }

    private async ValueTask PlaceAsync(TarReader reader, TarEntry entry, CancellationToken cancellationToken)
    {
        var path = ArchivePath.Clean(entry.Name);
        if (entry.Kind == TarEntryKind.Other || (_options.Include is { } include && !include(path)))
        {
            return;
        }

        if (path.AsSpan().Count('/') >= _options.Limits.Depth)
        {
            throw TarReader.Malformed($"\"{path[..Math.Min(40, path.Length)]}...\" lies more than {_options.Limits.Depth} directories deep");
        }

        if (path.Length == 0)
        {
            PlaceTop(entry);
            return;
        }

        path = Place(path);
        Check(entry, path);
        var (parent, name) = ArchivePath.Split(path);
        if (_options.Whiteouts == WhiteoutForm.Overlay && path.Contains(Whiteout.Prefix, StringComparison.Ordinal)
            && PlaceWhiteout(entry, parent, name))
        {
            return;
        }

        switch (entry.Kind)
        {
            case TarEntryKind.Regular:
                await PlaceFileAsync(reader, entry, parent, name, cancellationToken);
                break;
            case TarEntryKind.Directory:
                PlaceDirectory(entry, path, parent, name);
                break;
            default:
                PlaceOther(entry, path, parent, name);
                break;
        }
    }

    private string Place(string path) =>
        _options.Below.Length == 0 ? path : path.Length == 0 ? _options.Below : $"{_options.Below}/{path}";

    private void PlaceTop(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Directory)
        {
            throw TarReader.Malformed("its top is no directory");
        }

        if (!_options.KeepTop)
        {
            _pendingDirectories[_options.Below] = entry;
        }
    }

    private async ValueTask PlaceFileAsync(TarReader reader, TarEntry entry, string parent, string name, CancellationToken cancellationToken)
    {
        var directory = _directories.Open(parent);
        var descriptor = _maker.TryCreateFile(directory, name, entry);
        if (descriptor < 0)
        {
            Clear(parent, name, entry);
            descriptor = _maker.TryCreateFile(_directories.Open(parent), name, entry);
            LinuxException.ThrowIfFailed(descriptor, "open", name);
        }

        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        if (entry.Pieces is { } pieces)
        {
            await SparseFiles.WriteAsync(reader, descriptor, entry.Size, pieces, cancellationToken);
        }
        else
        {
            while (await reader.ReadAsync(cancellationToken) is { Length: > 0 } piece)
            {
                FileMaker.Write(descriptor, piece.Span, name);
                Count(piece.Length);
            }
        }

        if (_options.WriteEarly && entry.Size >= WriteEarlyFrom)
        {
            FileCalls.SyncRange(descriptor, 0, 0, FileCalls.SyncRangeWrite);
        }

        _maker.Finish(descriptor, name, entry);
    }

    private void PlaceDirectory(TarEntry entry, string path, string parent, string name)
    {
        var directory = _directories.Open(parent);
        var errno = AtCalls.TryMakeDirectory(directory, name, 0x1C0);
        if (errno == Errno.Exists)
        {
            errno = Clear(parent, name, entry) switch
            {
                Cleared.Kept => Errno.None,
                var cleared => AtCalls.TryMakeDirectory(_directories.Open(parent), name, 0x1C0) is var again && again == Errno.None && cleared == Cleared.Whiteout
                    ? Whiteout.TryMakeOpaque(_directories.Open(parent), name)
                    : again,
            };
        }

        AtCalls.ThrowIf(errno, "mkdir", path);
        _directories.Explicit(path);
        _pendingDirectories[path] = entry;
    }

    private void PlaceOther(TarEntry entry, string path, string parent, string name)
    {
        var directory = _directories.Open(parent);
        var errno = Make(directory, entry, name);
        if (errno == Errno.Exists)
        {
            if (entry.Kind == TarEntryKind.HardLink && Place(ArchivePath.Clean(entry.LinkName)) == path)
            {
                return;
            }

            Clear(parent, name, entry);
            directory = _directories.Open(parent);
            errno = Make(directory, entry, name);
        }

        AtCalls.ThrowIf(errno, entry.Kind == TarEntryKind.HardLink ? "link" : "create", entry.Kind == TarEntryKind.HardLink ? entry.LinkName : path);
        if (entry.Kind != TarEntryKind.HardLink)
        {
            _maker.FinishNamed(directory, name, entry);
        }
    }

    private void Check(TarEntry entry, string path)
    {
        if (entry.Kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice && !_options.Devices.Allows(entry.Kind, entry.Device))
        {
            throw TarReader.Malformed($"\"{path}\" is a device ({entry.Device}), which is not allowed");
        }
    }

    private Errno Make(int directory, TarEntry entry, string name)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.Symlink:
                // Whatever it says, a link is followed inside the root only, here and in a container; real images hold links with too many "..".
                return AtCalls.TrySymlink(entry.LinkName, directory, name);
            case TarEntryKind.HardLink:
                var (linkParent, linkName) = ArchivePath.Split(Place(ArchivePath.Clean(entry.LinkName)));
                if (linkName.Length == 0 || (_options.Whiteouts == WhiteoutForm.Overlay && linkName.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)))
                {
                    throw TarReader.Malformed($"the link \"{entry.Name}\" -> \"{entry.LinkName}\" leads to no file");
                }

                return AtCalls.TryLink(_directories.OpenExisting(linkParent), linkName, directory, name);
            default:
                return AtCalls.TryMakeNode(directory, name, FileMaker.NodeMode(entry), entry.Device);
        }
    }

    private void Count(int length)
    {
        _bytes += length;
        if (_bytes < _checkAt)
        {
            return;
        }

        _checkAt = _bytes + SpaceCheckEvery;
        if (_bytes > _options.Limits.RatioFrom && _options.PackedBytes is { } packed && _bytes / Math.Max(1, packed()) > _options.Limits.Ratio)
        {
            throw TarReader.Malformed($"{_bytes} bytes come out of {packed()}, more than {_options.Limits.Ratio} times as many");
        }

        var space = FileSystems.GetSpace(_target.Descriptor);
        if (space.Available < _options.Limits.FreeSpaceOn(space))
        {
            throw new NaruException(ErrorKind.ResourceExhausted, "no space left on device: the archive does not fit");
        }
    }
}

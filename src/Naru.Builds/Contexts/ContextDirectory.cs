using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Builds.Contexts;

/// <summary>
/// A directory that a caller's tree is mirrored into. Files that were whole once are recognised by size, mode and time and not asked for again.
/// </summary>
internal sealed class ContextDirectory(string path, bool keep, IDisposable? owner) : IContextDirectory
{
    private readonly RootedDirectory _root = RootedDirectory.Open(path);
    private readonly Dictionary<string, ContextEntry> _told = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public string Path => path;

    public void Begin()
    {
        lock (_lock)
        {
            _told.Clear();
        }
    }

    public bool Tell(ContextEntry entry)
    {
        var name = Checked(entry.Path);
        lock (_lock)
        {
            _told[name] = entry;
        }

        try
        {
            return Place(name, entry);
        }
        catch (LinuxException problem)
        {
            throw NaruException.Invalid($"cannot receive \"{entry.Path}\": {problem.Message}");
        }
    }

    public Stream Write(string path)
    {
        var name = Checked(path);
        ContextEntry entry;
        lock (_lock)
        {
            entry = _told.TryGetValue(name, out var told) && told.IsRegular ? told : throw NaruException.Invalid($"\"{path}\" was not told before its bytes");
        }

        // The time stays zero until the bytes are whole: a file cut short is asked for again.
        try
        {
            _root.Remove(name);
            return new ReceivedFile(_root, name, entry, _root.OpenWrite(name, 0x180, truncate: true, exclusive: true));
        }
        catch (LinuxException problem)
        {
            throw NaruException.Invalid($"cannot receive \"{path}\": {problem.Message}");
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            RemoveUntold("");
            foreach (var (name, entry) in _told.Where(t => t.Value.IsDirectory).OrderByDescending(t => t.Key, StringComparer.Ordinal))
            {
                _root.SetTimes(name, Time(entry), Time(entry), follow: false);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _root.Dispose();
        if (!keep)
        {
            DirectoryContext.Remove(path);
        }

        owner?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static UnixTime Time(ContextEntry entry)
    {
        var seconds = Math.DivRem(entry.ModifiedNanoseconds, 1_000_000_000, out var nanoseconds);
        return nanoseconds < 0 ? new(seconds - 1, (int)nanoseconds + 1_000_000_000) : new(seconds, (int)nanoseconds);
    }

    private bool Place(string name, ContextEntry entry)
    {
        var there = _root.TryStat(name, follow: false);
        var kind = (FileKind)(entry.Mode & 0xF000);
        if (there is { } old && old.Kind != kind)
        {
            _root.RemoveTree(name);
            there = null;
        }

        switch (kind)
        {
            case FileKind.Directory:
                if (there is null)
                {
                    _root.CreateDirectory(name);
                }

                _root.ChangeMode(name, entry.Mode & 0xFFF);
                return false;
            case FileKind.Symlink:
                if (there is null || _root.ReadLink(name) != entry.LinkTarget)
                {
                    _root.Remove(name);
                    _root.CreateSymlink(name, entry.LinkTarget);
                }

                return false;
            case FileKind.Regular when entry.LinkTarget.Length > 0:
                _root.RemoveTree(name);
                _root.CreateHardLink(name, Checked(entry.LinkTarget));
                return false;
            case FileKind.Regular:
                return there is not { } file || file.Size != entry.Size || file.Permissions != (entry.Mode & 0xFFF) || file.Modified != Time(entry);
            case FileKind.Fifo when there is null:
                _root.CreateNode(name, kind, entry.Mode & 0xFFF);
                return false;
            default:
                return false;
        }
    }

    private void RemoveUntold(string directory)
    {
        foreach (var entry in _root.List(directory))
        {
            var name = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            if (!_told.TryGetValue(name, out var told))
            {
                _root.RemoveTree(name);
            }
            else if (told.IsDirectory)
            {
                RemoveUntold(name);
            }
        }
    }

    /// <summary>Names come from the other side: only plain ones are taken.</summary>
    private static string Checked(string path)
    {
        var trimmed = path.TrimStart('/');
        return trimmed.Length > 0 && trimmed.Length < 4096 && !trimmed.Split('/').Any(p => p is "" or "." or "..") && !trimmed.Contains('\0', StringComparison.Ordinal)
            ? trimmed
            : throw NaruException.Invalid($"\"{path}\" is no path inside the build context");
    }
}

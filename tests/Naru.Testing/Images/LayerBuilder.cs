using System.Formats.Tar;

namespace Naru.Testing.Images;

/// <summary>Builds one image layer (an uncompressed tar) entry by entry, hostile entries included: names are written as given.</summary>
public sealed class LayerBuilder
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;
    private readonly List<TarEntry> _entries = [];

    public LayerBuilder Directory(string path, UnixFileMode mode = DirectoryMode) => Add(TarEntryType.Directory, path, mode);

    public LayerBuilder File(string path, string text, UnixFileMode mode = FileMode) => File(path, System.Text.Encoding.UTF8.GetBytes(text), mode);

    public LayerBuilder File(string path, byte[] content, UnixFileMode mode = FileMode, int uid = 0, int gid = 0) =>
        Add(TarEntryType.RegularFile, path, mode, entry =>
        {
            entry.DataStream = new MemoryStream(content, writable: false);
            entry.Uid = uid;
            entry.Gid = gid;
        });

    public LayerBuilder Symlink(string path, string target) => Add(TarEntryType.SymbolicLink, path, (UnixFileMode)0x1FF, entry => entry.LinkName = target);

    public LayerBuilder Hardlink(string path, string target) => Add(TarEntryType.HardLink, path, FileMode, entry => entry.LinkName = target);

    public LayerBuilder CharacterDevice(string path, int major, int minor) => Add(TarEntryType.CharacterDevice, path, FileMode, entry =>
    {
        ((PosixTarEntry)entry).DeviceMajor = major;
        ((PosixTarEntry)entry).DeviceMinor = minor;
    });

    /// <summary>Removes a path of the layers below.</summary>
    public LayerBuilder Whiteout(string directory, string name) => File($"{directory.TrimEnd('/')}/.wh.{name}".TrimStart('/'), []);

    /// <summary>Writes the tar. Modification times are fixed so that the same entries give the same digest.</summary>
    public byte[] Build()
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in _entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return buffer.ToArray();
    }

    private LayerBuilder Add(TarEntryType type, string path, UnixFileMode mode, Action<TarEntry>? also = null)
    {
        var entry = new PaxTarEntry(type, path) { Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch.AddYears(50) };
        also?.Invoke(entry);
        _entries.Add(entry);
        return this;
    }
}

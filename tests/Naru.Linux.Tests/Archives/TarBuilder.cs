using System.Collections.Immutable;
using System.Text;
using Naru.Linux.Archives;

namespace Naru.Linux.Tests.Archives;

/// <summary>Writes small archives for tests, honest and hostile ones.</summary>
internal sealed class TarBuilder : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly TarWriter _writer;

    internal TarBuilder() => _writer = new(_stream);

    internal TarBuilder File(string name, string content = "", uint permissions = 0x1A4)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        Add(new() { Name = name, Kind = TarEntryKind.Regular, Size = bytes.Length, Permissions = permissions, Modified = new(1_000_000_000, 5) });
        _writer.WriteAsync(bytes, default).AsTask().GetAwaiter().GetResult();
        return this;
    }

    internal TarBuilder Directory(string name, uint permissions = 0x1ED) =>
        Add(new() { Name = name, Kind = TarEntryKind.Directory, Permissions = permissions, Modified = new(1_000_000_000, 7) });

    internal TarBuilder Symlink(string name, string target) => Add(new() { Name = name, Kind = TarEntryKind.Symlink, LinkName = target });

    internal TarBuilder HardLink(string name, string target) => Add(new() { Name = name, Kind = TarEntryKind.HardLink, LinkName = target });

    internal TarBuilder Device(string name, uint major, uint minor, bool block = false) => Add(new()
    {
        Name = name,
        Kind = block ? TarEntryKind.BlockDevice : TarEntryKind.CharacterDevice,
        Device = new(major, minor),
        Permissions = 0x1B6,
    });

    internal TarBuilder Add(TarEntry entry)
    {
        _writer.WriteEntryAsync(entry, default).AsTask().GetAwaiter().GetResult();
        return this;
    }

    internal byte[] ToArray()
    {
        _writer.FinishAsync(default).AsTask().GetAwaiter().GetResult();
        return _stream.ToArray();
    }

    public void Dispose() => _writer.Dispose();

    internal static TarEntry WithAttribute(string name, string attribute, byte[] value) => new()
    {
        Name = name,
        Kind = TarEntryKind.Regular,
        Attributes = ImmutableSortedDictionary<string, byte[]>.Empty.Add(attribute, value),
    };
}

using System.Buffers.Binary;
using Naru.Linux.Archives;

namespace Naru.Images.Layers;

/// <summary>
/// Writes down all of a layer's tar but the content of its files: with the unpacked files it gives the very same bytes again, so the packed layer
/// need not be kept. A zstd stream of records: a kind, a length, and bytes. Content is named by its path, with the length of it.
/// </summary>
internal sealed class LayerRecipe : ITarTap, IDisposable
{
    internal const byte StructureKind = 0;
    internal const byte ContentKind = 1;
    internal const byte ReplacedKind = 2;

    private const int FlushAt = 256 * 1024;

    private readonly FileStream _file;
    private readonly ZstdSharp.CompressionStream _stream;
    private readonly MemoryStream _structure = new(FlushAt + 4096);
    private readonly string _replaced;
    private int _replacedCount;
    private long _contents;
    private bool _isContentLast;

    internal LayerRecipe(string directory)
    {
        _replaced = Path.Combine(directory, LayerDirectories.Replaced);
        _file = new(Path.Combine(directory, LayerDirectories.Recipe), FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024);
        _stream = new(_file, level: 1, leaveOpen: true);
    }

    /// <summary>True when some content went aside because the archive had its name twice.</summary>
    internal bool HasReplaced => _replacedCount > 0;

    public void Structure(ReadOnlySpan<byte> bytes)
    {
        _isContentLast = false;
        _structure.Write(bytes);
        if (_structure.Length >= FlushAt)
        {
            FlushStructure();
        }
    }

    public void Content(string name, long size)
    {
        if (size == 0)
        {
            return;
        }

        _contents++;
        _isContentLast = true;
        FlushStructure();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, size);
        var path = Linux.Files.PosixText.Encode(ArchivePath.Clean(name));
        WriteRecord(ContentKind, [.. length, .. path]);
    }

    /// <summary>Where the content at a path goes that a later member replaces.</summary>
    internal string Replace(string path)
    {
        Directory.CreateDirectory(_replaced);
        FlushStructure();

        // Content of the member that replaces was told already, as it comes before its place is looked at.
        Span<byte> before = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(before, _isContentLast ? _contents - 1 : _contents);
        WriteRecord(ReplacedKind, [.. before, .. Linux.Files.PosixText.Encode(path)]);
        return Path.Combine(_replaced, (_replacedCount++).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    internal void Finish()
    {
        FlushStructure();
        _stream.Dispose();
        _file.Dispose();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
        _structure.Dispose();
    }

    private void FlushStructure()
    {
        if (_structure.Length > 0)
        {
            WriteRecord(StructureKind, _structure.GetBuffer().AsSpan(0, (int)_structure.Length));
            _structure.SetLength(0);
        }
    }

    private void WriteRecord(byte kind, ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], content.Length);
        _stream.Write(head);
        _stream.Write(content);
    }
}

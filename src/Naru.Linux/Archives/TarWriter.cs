using System.Buffers;
using System.Globalization;
using System.Text;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>
/// Writes a tar stream (ustar with PAX records where ustar is too small, and for nanoseconds and attributes). The same entries give the same
/// bytes. Each entry's content is written to its exact size before the next entry. One thread at a time.
/// </summary>
public sealed class TarWriter : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const long OctalLimit = 1L << 33;
    private const long OwnerLimit = 1L << 21;

    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _used;
    private long _left;
    private int _padding;

    /// <summary>Writes to a stream that the caller keeps.</summary>
    public TarWriter(Stream stream) => _stream = stream;

    /// <summary>Writes an entry's header. A regular file's content must follow.</summary>
    public async ValueTask WriteEntryAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await EndContentAsync(cancellationToken);
        if (Extend(entry) is { Length: > 0 } records)
        {
            var name = ArchivePath.Split(entry.Name.TrimEnd('/')).Name;
            await WriteHeaderAsync(
                new() { Name = $"PaxHeaders.0/{name}", Kind = TarEntryKind.Other, Size = records.Length }, (byte)'x', cancellationToken);
            (_left, _padding) = (records.Length, PaddingOf(records.Length));
            await WriteAsync(records, cancellationToken);
            await EndContentAsync(cancellationToken);
        }

        await WriteHeaderAsync(entry, TypeOf(entry.Kind), cancellationToken);
        _left = entry.Kind == TarEntryKind.Regular ? entry.Size : 0;
        _padding = PaddingOf(_left);
    }

    /// <summary>Writes a part of the current entry's content.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length > _left)
        {
            throw new InvalidOperationException("The content is longer than its header says.");
        }

        _left -= content.Length;
        while (!content.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }

            if (_used == 0 && content.Length >= _buffer.Length)
            {
                await _stream.WriteAsync(content, cancellationToken);
                return;
            }

            var length = Math.Min(content.Length, _buffer.Length - _used);
            content.Span[..length].CopyTo(_buffer.AsSpan(_used));
            _used += length;
            content = content[length..];
        }
    }

    /// <summary>Writes a whole small file.</summary>
    public async ValueTask WriteFileAsync(string name, ReadOnlyMemory<byte> content, UnixTime modified, CancellationToken cancellationToken)
    {
        await WriteEntryAsync(new() { Name = name, Kind = TarEntryKind.Regular, Size = content.Length, Modified = modified }, cancellationToken);
        await WriteAsync(content, cancellationToken);
    }

    /// <summary>Copies so many bytes of a stream in as the current entry's content; a stream that is shorter is filled up with zeros.</summary>
    public async ValueTask CopyFromAsync(Stream content, CancellationToken cancellationToken)
    {
        while (_left > 0)
        {
            if (_used == _buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }

            var read = await content.ReadAsync(_buffer.AsMemory(_used, (int)Math.Min(_left, _buffer.Length - _used)), cancellationToken);
            if (read == 0)
            {
                break;
            }

            _used += read;
            _left -= read;
        }
    }

    /// <summary>The same from a file, read straight into the writer's buffer.</summary>
    internal async ValueTask CopyFromAsync(int descriptor, string name, CancellationToken cancellationToken)
    {
        while (_left > 0)
        {
            if (_used == _buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }

            var read = Read(descriptor, name);
            if (read == 0)
            {
                break;
            }

            _used += read;
            _left -= read;
        }
    }

    /// <summary>Writes the end marker and hands all to the stream.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await EndContentAsync(cancellationToken);
        await ZerosAsync(2 * TarReader.Block, cancellationToken);
        await FlushAsync(cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private static int PaddingOf(long size) => (int)(-size & (TarReader.Block - 1));

    private unsafe int Read(int descriptor, string name)
    {
        fixed (byte* bytes = &_buffer[_used])
        {
            return (int)LinuxException.ThrowIfFailed(
                FileCalls.Read(descriptor, bytes, (nuint)Math.Min(_left, _buffer.Length - _used)), "read", name);
        }
    }

    private async ValueTask EndContentAsync(CancellationToken cancellationToken)
    {
        // A file that shrank while it was read still fills what its header promised.
        await ZerosAsync(_left + _padding, cancellationToken);
        (_left, _padding) = (0, 0);
    }

    private async ValueTask ZerosAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_used == _buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }

            var length = (int)Math.Min(count, _buffer.Length - _used);
            _buffer.AsSpan(_used, length).Clear();
            _used += length;
            count -= length;
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _used), cancellationToken);
        _used = 0;
    }

    private async ValueTask WriteHeaderAsync(TarEntry entry, byte type, CancellationToken cancellationToken)
    {
        if (_buffer.Length - _used < TarReader.Block)
        {
            await FlushAsync(cancellationToken);
        }

        TarHeaderWriter.Write(_buffer.AsSpan(_used, TarReader.Block), entry, type);
        _used += TarReader.Block;
    }

    private static byte TypeOf(TarEntryKind kind) => kind switch
    {
        TarEntryKind.Regular => (byte)'0',
        TarEntryKind.HardLink => (byte)'1',
        TarEntryKind.Symlink => (byte)'2',
        TarEntryKind.CharacterDevice => (byte)'3',
        TarEntryKind.BlockDevice => (byte)'4',
        TarEntryKind.Directory => (byte)'5',
        TarEntryKind.Fifo => (byte)'6',
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>PAX records for what the plain header cannot hold, sorted by key.</summary>
    private static byte[] Extend(TarEntry entry)
    {
        var records = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var modified = entry.Modified;
        if (modified.Nanoseconds != 0 || modified.Seconds is < 0 or >= OctalLimit)
        {
            records["mtime"] = Encoding.ASCII.GetBytes(Time(modified));
        }

        if (!Fits(entry.Name))
        {
            records["path"] = PosixText.Encode(entry.Name);
        }

        if (!Fits(entry.LinkName))
        {
            records["linkpath"] = PosixText.Encode(entry.LinkName);
        }

        AddNumber(records, "size", entry.Size, OctalLimit);
        AddNumber(records, "uid", entry.User, OwnerLimit);
        AddNumber(records, "gid", entry.Group, OwnerLimit);
        foreach (var (attribute, value) in entry.Attributes)
        {
            records["SCHILY.xattr." + attribute] = value;
        }

        var content = new MemoryStream();
        foreach (var (key, value) in records)
        {
            TarHeaderWriter.WriteRecord(content, key, value);
        }

        return content.ToArray();
    }

    private static bool Fits(string name) => name.Length <= 100 && Ascii.IsValid(name);

    private static void AddNumber(SortedDictionary<string, byte[]> records, string key, long number, long limit)
    {
        if (number >= limit)
        {
            records[key] = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static string Time(UnixTime time)
    {
        // Below zero the fraction counts away from zero: -1.25 is the second -2 and 750 ms.
        var (seconds, nanoseconds) = time.Seconds < 0 && time.Nanoseconds > 0
            ? (time.Seconds + 1, 1_000_000_000 - time.Nanoseconds)
            : (time.Seconds, time.Nanoseconds);
        var sign = time.Seconds < 0 && seconds == 0 ? "-" : "";
        var fraction = nanoseconds == 0 ? "" : "." + nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return sign + seconds.ToString(CultureInfo.InvariantCulture) + fraction;
    }
}

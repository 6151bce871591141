using Naru.Access.Certificates;

namespace Naru.Access.Auditing;

/// <summary>The file, turned over by size: <c>audit.log</c> is the newest, <c>audit.log.1</c> the one before, and so on. Used by one thread.</summary>
internal sealed class AuditFile(string path, long size, int files) : IDisposable
{
    private FileStream? _stream;
    private long _length;

    public void Write(ReadOnlySpan<byte> line)
    {
        if (_stream is not null && _length > 0 && _length + line.Length > size)
        {
            TurnOver();
        }

        var stream = _stream ??= Open();
        stream.Write(line);
        _length += line.Length;
    }

    public void Flush() => _stream?.Flush();

    public void Dispose() => _stream?.Dispose();

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateFile.DirectoryMode);
        var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = PrivateFile.Mode, BufferSize = 64 * 1024 });
        _length = stream.Length;
        return stream;
    }

    private void TurnOver()
    {
        _stream!.Dispose();
        _stream = null;
        File.Delete($"{path}.{files}");
        for (var number = files - 1; number >= 1; number--)
        {
            if (File.Exists($"{path}.{number}"))
            {
                File.Move($"{path}.{number}", $"{path}.{number + 1}");
            }
        }

        if (files > 0)
        {
            File.Move(path, $"{path}.1");
        }
        else
        {
            File.Delete(path);
        }
    }
}

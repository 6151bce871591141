using System.Buffers;
using System.Buffers.Text;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>The frames of changes that follow each other, as bytes. They stand in one chunk of HTTP/1.1 (RFC 9112, 7.1), so that they can be sent with it or without.</summary>
internal sealed class WatchRun
{
    private const int SizeDigits = 8;
    private const int HeadLength = SizeDigits + 2;
    private const int EndLength = 2;

    private readonly byte[] _bytes;

    /// <param name="frames">Copied.</param>
    public WatchRun(ReadOnlySpan<byte> frames)
    {
        _bytes = new byte[HeadLength + frames.Length + EndLength];
        Utf8Formatter.TryFormat(frames.Length, _bytes, out _, new StandardFormat('x', SizeDigits));
        "\r\n"u8.CopyTo(_bytes.AsSpan(SizeDigits));
        frames.CopyTo(_bytes.AsSpan(HeadLength));
        "\r\n"u8.CopyTo(_bytes.AsSpan(^EndLength..));
    }

    /// <summary>The frames.</summary>
    public ReadOnlyMemory<byte> Frames => _bytes.AsMemory(HeadLength..^EndLength);

    /// <summary>The frames as a chunk.</summary>
    public ReadOnlyMemory<byte> Chunk => _bytes;
}

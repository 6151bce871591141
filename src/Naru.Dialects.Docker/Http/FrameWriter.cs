using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Naru.Core.Containers;

namespace Naru.Dialects.Docker.Http;

/// <summary>Docker's multiplexed frames: one byte of stream, three of nothing, four of length (big-endian), then the bytes.</summary>
internal static class FrameWriter
{
    public const int HeaderLength = 8;

    public static void WriteHeader(Span<byte> header, OutputStream stream, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)stream << 24);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], length);
    }

    /// <summary>Appends one frame made of up to two parts.</summary>
    public static void Write(PipeWriter writer, OutputStream stream, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes)
    {
        var span = writer.GetSpan(HeaderLength + prefix.Length);
        WriteHeader(span, stream, prefix.Length + bytes.Length);
        prefix.CopyTo(span[HeaderLength..]);
        writer.Advance(HeaderLength + prefix.Length);
        writer.Write(bytes);
    }
}

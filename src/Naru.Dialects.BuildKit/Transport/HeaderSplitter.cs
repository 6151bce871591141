using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>
/// .NET's HTTP/2 client writes a header of several values as one line with commas, which a Go server takes for one value. This stands
/// on the way out and writes such headers line by line. Callers escape commas in the values (percent-encoding), so that every
/// <c>", "</c> is one that .NET put there. Only the named headers are touched.
/// </summary>
internal sealed class HeaderSplitter(params string[] names)
{
    private const int FrameHead = 9;
    private const int MaxFrame = 16384;
    private const int Preface = 24;
    private const byte Headers = 1;
    private const byte Continuation = 9;
    private const byte EndHeaders = 4;
    private const byte Padded = 8;
    private const byte Priority = 32;

    private readonly byte[][] _names = [.. names.Select(Encoding.ASCII.GetBytes)];
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly ArrayBufferWriter<byte> _block = new();
    private long _skip = Preface;
    private byte _flags;
    private uint _stream;

    /// <summary>Takes what the client writes and appends what is to be sent.</summary>
    public void Process(ReadOnlySpan<byte> bytes, MemoryStream output)
    {
        while (!bytes.IsEmpty)
        {
            // 1. What passes as it is: the preface, bodies of other frames.
            if (_skip > 0)
            {
                var count = (int)Math.Min(_skip, bytes.Length);
                output.Write(bytes[..count]);
                _skip -= count;
                bytes = bytes[count..];
                continue;
            }

            // 2. The head of a frame, then the whole of one that holds headers.
            var needed = _held.WrittenCount < FrameHead ? FrameHead : FrameHead + LengthOfHeld();
            var taken = Math.Min(needed - _held.WrittenCount, bytes.Length);
            _held.Write(bytes[..taken]);
            bytes = bytes[taken..];
            if (_held.WrittenCount < FrameHead)
            {
                return;
            }

            if (_held.WrittenSpan[3] is not (Headers or Continuation))
            {
                _skip = LengthOfHeld();
                output.Write(_held.WrittenSpan);
                _held.ResetWrittenCount();
            }
            else if (_held.WrittenCount == FrameHead + LengthOfHeld())
            {
                TakeFrame(output);
                _held.ResetWrittenCount();
            }
        }
    }

    private int LengthOfHeld()
    {
        var head = _held.WrittenSpan;
        return (head[0] << 16) | (head[1] << 8) | head[2];
    }

    private void TakeFrame(MemoryStream output)
    {
        var frame = _held.WrittenSpan;
        if (frame[3] == Headers)
        {
            (_flags, _stream) = (frame[4], BinaryPrimitives.ReadUInt32BigEndian(frame[5..]));
            _block.ResetWrittenCount();
        }

        // .NET pads nothing and sets no priorities.
        if ((_flags & (Padded | Priority)) != 0)
        {
            throw new InvalidOperationException("Padded or prioritised headers are not expected.");
        }

        _block.Write(frame[FrameHead..]);
        if ((frame[4] & EndHeaders) != 0)
        {
            Emit(Split(_block.WrittenSpan), output);
        }
    }

    private void Emit(ReadOnlySpan<byte> block, MemoryStream output)
    {
        var first = true;
        Span<byte> head = stackalloc byte[FrameHead];
        do
        {
            var part = block[..Math.Min(block.Length, MaxFrame)];
            block = block[part.Length..];
            var flags = first ? _flags & ~EndHeaders : 0;
            BinaryPrimitives.WriteUInt32BigEndian(head, (uint)part.Length << 8);
            head[3] = first ? Headers : Continuation;
            head[4] = (byte)(block.IsEmpty ? flags | EndHeaders : flags);
            BinaryPrimitives.WriteUInt32BigEndian(head[5..], _stream);
            output.Write(head);
            output.Write(part);
            first = false;
        }
        while (!block.IsEmpty);
    }

    /// <summary>Goes through a header block (RFC 7541, 6): everything is copied but literals with a name of ours and several values.</summary>
    private byte[] Split(ReadOnlySpan<byte> block)
    {
        var result = new MemoryStream(block.Length + 256);
        var position = 0;
        while (position < block.Length)
        {
            var start = position;
            var first = block[position];
            var prefix = (first & 0x80) != 0 ? 7 : (first & 0x40) != 0 ? 6 : (first & 0x20) != 0 ? 5 : 4;
            var index = ReadInteger(block, ref position, prefix);
            if (prefix is 7 or 5)
            {
                result.Write(block[start..position]);
                continue;
            }

            var name = index == 0 ? ReadString(block, ref position) : default;
            var head = block[start..position];
            var value = ReadString(block, ref position);
            if (index == 0 && Ours(name) && value.IndexOf(", "u8) >= 0)
            {
                foreach (var range in Encoding.ASCII.GetString(value).Split(", "))
                {
                    result.Write(head);
                    WriteString(result, Encoding.ASCII.GetBytes(range));
                }
            }
            else
            {
                result.Write(block[start..position]);
            }
        }

        return result.ToArray();
    }

    private bool Ours(ReadOnlySpan<byte> name)
    {
        foreach (var ours in _names)
        {
            if (name.SequenceEqual(ours))
            {
                return true;
            }
        }

        return false;
    }

    private static int ReadInteger(ReadOnlySpan<byte> block, ref int position, int prefix)
    {
        var limit = (1 << prefix) - 1;
        var value = block[position++] & limit;
        if (value < limit)
        {
            return value;
        }

        for (var shift = 0; ; shift += 7)
        {
            var next = block[position++];
            value += (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
    }

    private static ReadOnlySpan<byte> ReadString(ReadOnlySpan<byte> block, ref int position)
    {
        var length = ReadInteger(block, ref position, 7);
        position += length;
        return block.Slice(position - length, length);
    }

    private static void WriteString(MemoryStream output, ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        if (length < 127)
        {
            output.WriteByte((byte)length);
        }
        else
        {
            output.WriteByte(127);
            for (length -= 127; length >= 128; length >>= 7)
            {
                output.WriteByte((byte)((length & 0x7F) | 0x80));
            }

            output.WriteByte((byte)length);
        }

        output.Write(text);
    }
}

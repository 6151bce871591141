using System.Buffers.Binary;
using System.Text;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Tests.Transport;

public sealed class HeaderSplitterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Process_JoinedValues_AreWrittenLineByLine(int pieces)
    {
        var block = new MemoryStream();
        block.WriteByte(0x83); // indexed: :method POST
        Literal(block, 0x04, null, "/moby.filesync.v1.FileSync/DiffCopy");
        Literal(block, 0x00, "followpaths", "a, b, " + new string('c', 300));
        Literal(block, 0x00, "other", "x, y");
        var input = new MemoryStream();
        input.Write(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        Frame(input, 4, 0, 0, []);
        Frame(input, 1, 4, 3, block.ToArray());
        Frame(input, 0, 1, 3, Encoding.ASCII.GetBytes("body, with, commas"));

        var expected = new MemoryStream();
        expected.WriteByte(0x83);
        Literal(expected, 0x04, null, "/moby.filesync.v1.FileSync/DiffCopy");
        Literal(expected, 0x00, "followpaths", "a");
        Literal(expected, 0x00, "followpaths", "b");
        Literal(expected, 0x00, "followpaths", new string('c', 300));
        Literal(expected, 0x00, "other", "x, y");
        var wanted = new MemoryStream();
        wanted.Write(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        Frame(wanted, 4, 0, 0, []);
        Frame(wanted, 1, 4, 3, expected.ToArray());
        Frame(wanted, 0, 1, 3, Encoding.ASCII.GetBytes("body, with, commas"));

        Assert.Equal(wanted.ToArray(), Run(input.ToArray(), pieces));
    }

    [Fact]
    public void Process_BlockOfSeveralFrames_IsPutTogetherAndCutAgain()
    {
        var values = string.Join(", ", Enumerable.Range(0, 3000).Select(i => $"path/number/{i}"));
        var block = new MemoryStream();
        Literal(block, 0x00, "exclude-patterns", values);
        var bytes = block.ToArray();
        var input = new MemoryStream();
        input.Write(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        Frame(input, 1, 1, 5, bytes[..16384]);
        Frame(input, 9, 0, 5, bytes[16384..32768]);
        Frame(input, 9, 4, 5, bytes[32768..]);
        var output = Run(input.ToArray(), 1000);

        var count = 0;
        var ended = false;
        for (var at = 24; at < output.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(output.AsSpan(at)) >> 8;
            Assert.True(length <= 16384);
            Assert.False(ended);
            Assert.Equal(count == 0 ? 1 : 9, output[at + 3]);
            Assert.Equal(count == 0, (output[at + 4] & 1) != 0);
            ended = (output[at + 4] & 4) != 0;
            count++;
            at += 9 + length;
        }

        Assert.True(ended);
        Assert.True(count > 3);
    }

    private static byte[] Run(byte[] input, int pieces)
    {
        var splitter = new HeaderSplitter("followpaths", "exclude-patterns");
        var output = new MemoryStream();
        for (var at = 0; at < input.Length; at += pieces)
        {
            splitter.Process(input.AsSpan(at, Math.Min(pieces, input.Length - at)), output);
        }

        return output.ToArray();
    }

    private static void Frame(MemoryStream output, byte type, byte flags, int stream, byte[] payload)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        head[3] = type;
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        output.Write(head);
        output.Write(payload);
    }

    private static void Literal(MemoryStream output, byte first, string? name, string value)
    {
        output.WriteByte(first);
        if (name is not null)
        {
            Text(output, name);
        }

        Text(output, value);
    }

    private static void Text(MemoryStream output, string text)
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
                output.WriteByte((byte)(length % 128 + 128));
            }

            output.WriteByte((byte)length);
        }

        output.Write(Encoding.ASCII.GetBytes(text));
    }
}

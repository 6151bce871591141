using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Naru.Agent.Streams.Spdy;

namespace Naru.Agent.Tests.Streams;

public sealed class SpdyTests
{
    [Fact]
    public void Headers_SeveralBlocks_AreReadBack()
    {
        var (writer, reader) = (new SpdyHeaders(), new SpdyHeaders());

        foreach (var kind in (string[])["error", "stdin", "stdout"])
        {
            var read = reader.Read(writer.Write([KeyValuePair.Create("streamtype", kind), KeyValuePair.Create("requestid", "7")]));

            Assert.Equal((kind, "7"), (read["StreamType"], read["requestID"]));
        }
    }

    [Fact]
    public void Headers_FirstBlock_NamesTheProtocolsDictionary() =>
        Assert.Equal(0xE3C6A7C2u, BinaryPrimitives.ReadUInt32BigEndian(new SpdyHeaders().Write([KeyValuePair.Create("a", "b")]).AsSpan(2)));

    [Fact]
    public void Headers_EveryBlock_EndsWithAnEmptyOne() => Assert.Equal([0, 0, 0xFF, 0xFF], new SpdyHeaders().Write([])[^4..]);

    [Fact]
    public void Headers_Nonsense_IsRefused() => Assert.Throws<IOException>(static () => new SpdyHeaders().Read([1, 2, 3, 4, 5, 6, 7, 8]));

    [Fact]
    public async Task Connection_StreamOpened_CarriesDataBothWays()
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        using var connection = new SpdyConnection(new PairStream(toServer.Reader.AsStream(), toClient.Writer.AsStream()));
        var running = connection.RunAsync(TestContext.Current.CancellationToken);
        var block = new SpdyHeaders().Write([KeyValuePair.Create("streamtype", "stdin")]);
        await toServer.Writer.WriteAsync((byte[])[0x80, 3, 0, 1, 0, 0, 0, (byte)(10 + block.Length), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. block], TestContext.Current.CancellationToken);
        await toServer.Writer.WriteAsync((byte[])[0, 0, 0, 1, 1, 0, 0, 2, (byte)'h', (byte)'i'], TestContext.Current.CancellationToken);

        var stream = await connection.Opened.ReadAsync(TestContext.Current.CancellationToken);
        var text = await new StreamReader(stream.Reader.AsStream()).ReadToEndAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("yo"), TestContext.Current.CancellationToken);
        await toServer.Writer.CompleteAsync();
        await running;
        await toClient.Writer.CompleteAsync();
        var sent = new MemoryStream();
        await toClient.Reader.CopyToAsync(sent, TestContext.Current.CancellationToken);

        Assert.Equal(("stdin", "hi"), (stream.Kind, text));
        Assert.Equal([0x80, 3, 0, 2], sent.ToArray()[..4]);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2, (byte)'y', (byte)'o'], sent.ToArray()[^10..]);
    }

    private sealed class PairStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

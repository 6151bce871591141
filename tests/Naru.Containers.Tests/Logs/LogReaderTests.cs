using System.Text;
using Naru.Containers.Logs;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Tests.Logs;

public sealed class LogReaderTests : IAsyncDisposable
{
    private readonly LogFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Read_PiecesOfLines_AreJoinedByteForByte()
    {
        _fixture.Write(
            LogFixture.Record(1, "one"),
            LogFixture.Record(2, "no ", tag: 'P'),
            LogFixture.Record(2, "e1 ", "stderr", 'P'),
            LogFixture.Record(3, "newline"),
            LogFixture.Record(3, ""),
            LogFixture.Record(4, "e2\r", "stderr"),
            LogFixture.Record(5, "last", tag: 'P'));

        Assert.Equal("one\nno {e1 }newline\n\n{e2\r\n}last", await _fixture.ReadAsync());
    }

    [Fact]
    public async Task Read_Pieces_CarryTimeAndWhetherTheyStartALine()
    {
        _fixture.Write(LogFixture.Record(1, "a", tag: 'P'), LogFixture.Record(2, "b"), "2026-11-23T16:00:03.000000003+09:00 stdout F c\n");
        await using var reader = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery(), CancellationToken.None);
        var batch = new List<LogPiece>();
        Assert.True(await reader.ReadAsync(batch, CancellationToken.None));

        var start = LogFixture.At(0).ToUnixTimeSeconds() * 1_000_000_000;
        Assert.Equal([1_000_000_001, 2_000_000_002, 3_000_000_003], batch.Select(piece => piece.UnixNanoseconds - start));
        Assert.Equal([true, false, true], batch.Select(piece => piece.Starts));
    }

    [Fact]
    public async Task Read_LongLinesAndManyBlocks_AreWhole()
    {
        var lines = Enumerable.Range(0, 3000).Select(number => new string((char)('a' + (number % 26)), number * 7 % 4000)).Append(new string('z', 600_000)).ToArray();
        _fixture.Write([.. lines.Select(line => LogFixture.Record(1, line))]);

        Assert.Equal(string.Join('\n', lines) + "\n", await _fixture.ReadAsync());
    }

    [Fact]
    public async Task Read_StreamsSinceUntil_Filter()
    {
        for (var second = 1; second < 10; second++)
        {
            _fixture.Write(LogFixture.Record(second, $"o{second}"), LogFixture.Record(second, $"e{second}", "stderr"));
        }

        Assert.Equal("o4\no5\n", await _fixture.ReadAsync(new LogQuery { Error = false, Since = LogFixture.At(4), Until = LogFixture.At(6).AddTicks(-1) }));
        Assert.Equal("{e9\n}", await _fixture.ReadAsync(new LogQuery { Output = false, Since = LogFixture.At(9) }));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "l4")]
    [InlineData(2, "l3\nl4")]
    [InlineData(3, "l2a l2b\nl3\nl4")]
    [InlineData(4, "l1\nl2a l2b\nl3\nl4")]
    [InlineData(99, "l1\nl2a l2b\nl3\nl4")]
    public async Task Read_Tail_CountsLinesNotPieces(long tail, string expected)
    {
        _fixture.Write(
            LogFixture.Record(1, "l1"),
            LogFixture.Record(2, "l2a ", tag: 'P'),
            LogFixture.Record(2, "l2b"),
            LogFixture.Record(3, "l3"),
            LogFixture.Record(4, "l", tag: 'P'),
            LogFixture.Record(4, "4", tag: 'P'));

        Assert.Equal(expected, await _fixture.ReadAsync(new LogQuery { Tail = tail }));
    }

    [Fact]
    public async Task Read_TailOverBlocksAndFiles_FindsTheLines()
    {
        var lines = Enumerable.Range(0, 5000).Select(number => $"line {number} {new string('x', number % 300)}").ToArray();
        File.WriteAllText(_fixture.LogPath + ".2", string.Concat(lines[..1000].Select(line => LogFixture.Record(1, line))));
        File.WriteAllText(_fixture.LogPath + ".1", string.Concat(lines[1000..2000].Select(line => LogFixture.Record(1, line))));
        _fixture.Write([.. lines[2000..].Select(line => LogFixture.Record(1, line))]);

        foreach (var tail in new[] { 1, 999, 3000, 3001, 4500, 5000, 6000 })
        {
            var expected = string.Join('\n', lines[^Math.Min(tail, lines.Length)..]) + "\n";
            Assert.Equal(expected, await _fixture.ReadAsync(new LogQuery { Tail = tail }));
        }
    }

    [Fact]
    public async Task Read_TornAndForeignLines_AreShown()
    {
        _fixture.Write("garbage\n", LogFixture.Record(1, "good"), "2026-11-23T07:00:02.000000002+00:00 stdout F to");

        Assert.Equal("garbage\ngood\nto", await _fixture.ReadAsync());
    }

    [Fact]
    public async Task Open_DriverKeepsNothing_RefusesInDockersWords()
    {
        var failure = await Assert.ThrowsAsync<NaruException>(
            () => _fixture.Logs.OpenAsync(_fixture.Container with { LogPath = "" }, new LogQuery(), CancellationToken.None));

        Assert.Equal((ErrorKind.NotImplemented, "configured logging driver does not support reading"), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task Open_NothingWrittenYet_IsEmpty() => Assert.Equal("", await _fixture.ReadAsync());

    [Fact]
    public async Task Follow_UntilTheContainerEnds_SeesAll()
    {
        _fixture.Write(LogFixture.Record(1, "before"));
        await using var reader = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery { Follow = true }, CancellationToken.None);
        var reading = LogFixture.DrainAsync(reader);
        var second = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery { Follow = true, Tail = 0 }, CancellationToken.None);
        await using var _ = second;
        var batch = new List<LogPiece>();
        var next = second.ReadAsync(batch, CancellationToken.None);
        _fixture.Write(LogFixture.Record(2, "while"));
        Assert.True(await next);
        Assert.Equal("while\n", Encoding.ASCII.GetString(batch[0].Bytes.Span));
        _fixture.Write(LogFixture.Record(3, "after", tag: 'P'));
        _fixture.End();

        Assert.Equal("before\nwhile\nafter", await reading);
    }

    [Fact]
    public async Task Follow_ContainerNotRunning_EndsAtOnce()
    {
        _fixture.Write(LogFixture.Record(1, "one"));
        _fixture.End();

        Assert.Equal("one\n", await _fixture.ReadAsync(new LogQuery { Follow = true }));
    }

    [Fact]
    public async Task Follow_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        await using var reader = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery { Follow = true }, CancellationToken.None);
        var next = reader.ReadAsync([], cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public void Policy_Options_AreDockers()
    {
        var defaults = new LogOptions();
        Assert.Equal(20L << 20, LogPolicy.From(new LogSpec(), defaults).MaxSize!.Value.Bytes);
        var own = LogPolicy.From(Spec("json-file", ("max-size", "10m"), ("max-file", "5"), ("mode", "non-blocking")), defaults);
        Assert.Equal((10_000_000, 5), (own.MaxSize!.Value.Bytes, own.MaxFiles));
        Assert.Null(LogPolicy.From(Spec("local", ("max-size", "-1")), defaults).MaxSize);
        Assert.False(LogPolicy.From(Spec("none"), defaults).Keeps);
    }

    [Theory]
    [InlineData("asdf", "a", "1", "logger: no log driver named 'asdf' is registered")]
    [InlineData("json-file", "foo", "1", "unknown log opt 'foo' for json-file log driver")]
    [InlineData("local", "labels", "1", "unknown log opt 'labels' for local log driver")]
    [InlineData("json-file", "max-file", "0", "max-file cannot be less than 1")]
    [InlineData("json-file", "max-size", "x", "invalid size: 'x'")]
    [InlineData("json-file", "mode", "x", "logger: logging mode not supported: x")]
    public void Policy_WrongOption_IsRefusedInDockersWords(string driver, string key, string value, string message)
    {
        var failure = Assert.Throws<NaruException>(() => LogPolicy.From(Spec(driver, (key, value)), new LogOptions()));

        Assert.Equal((ErrorKind.InvalidArgument, message), (failure.Kind, failure.Message));
    }

    private static LogSpec Spec(string driver, params (string Key, string Value)[] options)
    {
        var spec = new LogSpec { Driver = driver };
        return spec with { Options = spec.Options.AddRange(options.Select(option => KeyValuePair.Create(option.Key, option.Value))) };
    }
}

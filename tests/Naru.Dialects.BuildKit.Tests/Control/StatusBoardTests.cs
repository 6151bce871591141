using System.Text;
using Microsoft.Extensions.Time.Testing;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Tests.Control;

public sealed class StatusBoardTests
{
    private readonly StatusBoard _board = new(new FakeTimeProvider());

    [Fact]
    public async Task Read_LateReader_GetsEverythingThenTheEnd()
    {
        var step = new BuildStep { Id = Digest.Of("a"u8), Name = "[1/2] FROM x" };
        _board.Started(step);
        _board.Output(step, OutputStream.Error, "oops"u8);
        _board.Progress(step, new ImageProgress("layer", "Pull complete", 5, 9));
        _board.Completed(step, new BuildStepOutcome { Cached = true, Error = "bad" });
        _board.Warn(new BuildWarning("careful", 3, "Rule"));
        _board.End();
        var all = new StatusResponse();
        await foreach (var news in _board.ReadAsync(CancellationToken.None))
        {
            all.MergeFrom(news);
        }

        Assert.Equal(2, all.Vertexes.Count);
        Assert.True(all.Vertexes[1].Cached && all.Vertexes[1].Completed is not null && all.Vertexes[1].Error == "bad");
        Assert.Equal(("oops", 2L), (all.Logs[0].Msg.ToStringUtf8(), all.Logs[0].Stream));
        Assert.Equal((5L, 9L, true), (all.Statuses[0].Current, all.Statuses[0].Total, all.Statuses[0].Completed is not null));
        Assert.Equal("Rule: careful (line 3)", all.Warnings[0].Short.ToStringUtf8());
    }

    [Fact]
    public async Task Read_LiveReader_SeesNewsAsTheyCome()
    {
        await using var reader = _board.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);
        var step = new BuildStep { Id = Digest.Of("a"u8), Name = "x" };
        _board.Output(step, OutputStream.Output, Encoding.ASCII.GetBytes("one"));
        Assert.True(await first);
        Assert.Equal("one", reader.Current.Logs[0].Msg.ToStringUtf8());
        var last = reader.MoveNextAsync().AsTask();
        _board.End();
        Assert.False(await last);
    }
}

using System.Text;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Watching;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class WatchRunTests
{
    private static readonly ResourceInfo Resource = new()
    {
        Resource = new("", "v1", "pods"),
        Kind = "Pod",
        Singular = "pod",
        Namespaced = true,
        Verbs = [],
        StorageVersion = "v1",
    };

    private readonly WatchRuns _runs = new();
    private readonly ApiChange[] _changes = [.. Enumerable.Range(1, 3).Select(static number => new ApiChange(ChangeKind.Modified, new ApiObject(null, (MapValue)JsonText.Parse($$"""{"n":{{number}}}""")), number, false))];

    [Fact]
    public void Chunk_HoldsTheFramesBetweenSizeAndEnd()
    {
        var run = _runs.Of(Frames(AnswerForm.Json), [.. _changes]);

        var frames = """
            {"type":"MODIFIED","object":{"n":1}}
            {"type":"MODIFIED","object":{"n":2}}
            {"type":"MODIFIED","object":{"n":3}}

            """;
        Assert.Equal(frames, Encoding.UTF8.GetString(run.Frames.Span));
        Assert.Equal($"{frames.Length:x8}\r\n{frames}\r\n", Encoding.UTF8.GetString(run.Chunk.Span));
    }

    [Fact]
    public void SameRunInTheSameForm_IsMadeOnce()
    {
        var run = _runs.Of(Frames(AnswerForm.Json), [.. _changes]);

        Assert.Same(run, _runs.Of(Frames(AnswerForm.Json), [.. _changes]));
        Assert.NotSame(run, _runs.Of(Frames(AnswerForm.Json), [.. _changes[..2]]));
        Assert.NotSame(run, _runs.Of(Frames(AnswerForm.Json), [.. _changes[1..]]));
        Assert.StartsWith("type: MODIFIED", Encoding.UTF8.GetString(_runs.Of(Frames(new AnswerForm(WireFormat.Yaml)), [.. _changes]).Frames.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void RunWithABookmark_IsNobodyElses()
    {
        var bookmark = new ApiChange(ChangeKind.Bookmark, null, 2, false);
        var marked = _runs.Of(Frames(AnswerForm.Json), [_changes[0], bookmark, _changes[2]]);
        var plain = _runs.Of(Frames(AnswerForm.Json), [_changes[0], _changes[2]]);

        Assert.Contains("BOOKMARK", Encoding.UTF8.GetString(marked.Frames.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("BOOKMARK", Encoding.UTF8.GetString(plain.Frames.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_AreEachTheirOwn()
    {
        var table = AnswerForm.Json with { Shape = Shape.Table };

        Assert.NotSame(_runs.Of(Frames(table), [.. _changes]), _runs.Of(Frames(table), [.. _changes]));
    }

    private static JsonWatchFrames Frames(AnswerForm form) => new(Resource, form, WatchBodies.Whole(form));
}

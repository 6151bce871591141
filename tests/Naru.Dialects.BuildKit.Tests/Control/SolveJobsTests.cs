using Microsoft.Extensions.Time.Testing;
using Naru.Dialects.BuildKit.Control;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Tests.Control;

public sealed class SolveJobsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SolveJobs _jobs;

    public SolveJobsTests() => _jobs = new SolveJobs(_time);

    [Fact]
    public async Task Board_AskedForBeforeTheBuild_Comes()
    {
        var asked = _jobs.GetBoardAsync("a", CancellationToken.None);
        await using var job = Job("a");
        _jobs.Add(job);

        Assert.Same(job.Board, await asked);
    }

    [Fact]
    public async Task Board_OfABuildThatHasJustEnded_IsThere_AndGoesLater()
    {
        await using var job = Job("a");
        _jobs.Add(job);
        job.Board.End();
        _jobs.Remove(job);

        Assert.Same(job.Board, await _jobs.GetBoardAsync("a", CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(10));
        var late = _jobs.GetBoardAsync("a", CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(GrpcCode.NotFound, (await Assert.ThrowsAsync<GrpcException>(() => late)).Code);
    }

    [Fact]
    public async Task Board_OfAReferenceThatIsUsedAgain_IsTheNewOne()
    {
        await using var first = Job("a");
        _jobs.Add(first);
        _jobs.Remove(first);
        await using var second = Job("a");
        _jobs.Add(second);

        Assert.Same(second.Board, await _jobs.GetBoardAsync("a", CancellationToken.None));
    }

    private SolveJob Job(string reference) => new() { Reference = reference, Session = null, Board = new StatusBoard(_time), Stopped = CancellationToken.None };
}

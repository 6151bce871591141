using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Naru.Builds.Caching;
using Naru.Builds.Tests.Fakes;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Linux.Archives;
using Naru.Linux.Notify;
using Naru.Linux.Processes;
using Naru.Testing;

namespace Naru.Builds.Tests;

public sealed class BuildEngineTests : IAsyncDisposable
{
    private static readonly Platform Host = new() { Os = "linux", Architecture = "amd64" };
    private readonly TempDirectory _temp = new();
    private readonly FakeSnapshots _snapshots;
    private readonly FakeImages _images = new(Host);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly FakeProgress _progress = new();
    private ServiceProvider _services;

    public BuildEngineTests()
    {
        _snapshots = new FakeSnapshots(_temp.Sub("snapshots"));
        _images.CreateAsync(
            new ImageDraft { Layers = _snapshots.Add(("bin/sh", "shell")), Config = new ImageConfig { Environment = ["PATH=/bin"] }, History = [new HistoryEntry { CreatedBy = "base" }] },
            [ImageReference.Parse("busybox")], CancellationToken.None).GetAwaiter().GetResult();
        _services = Start();
    }

    private IBuilds Builds => _services.GetRequiredService<IBuilds>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Solve_SeveralStages_CopiesBetweenThem()
    {
        Put("a.txt", "A");
        await using var solved = await SolveAsync("FROM busybox AS one\nCOPY a.txt /x/\nFROM scratch\nCOPY --from=one /x /y/\nLABEL k=v\n");
        Assert.Equal("y/a.txt=A", _snapshots.Show(solved.Draft.Layers));
        Assert.Equal(["COPY /x /y/ # buildkit", "LABEL k=v"], solved.Draft.History.Select(h => h.CreatedBy));
        Assert.Empty(_snapshots.Keys);
    }

    [Fact]
    public async Task Solve_Twice_TakesTheCacheAlsoAfterARestart()
    {
        Put("a.txt", "A");
        Digest first;
        await using (var solved = await SolveAsync("FROM busybox\nCOPY a.txt /a\nWORKDIR /w\n"))
        {
            first = (await solved.StoreAsync([], CancellationToken.None)).Id;
        }

        await _services.DisposeAsync();
        _services = Start();
        _time.Advance(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(_temp.At("context/a.txt"), DateTime.UnixEpoch);
        var commits = _snapshots.Commits;
        await using (var solved = await SolveAsync("FROM busybox\nCOPY a.txt /a\nWORKDIR /w\n"))
        {
            Assert.Equal(first, (await solved.StoreAsync([], CancellationToken.None)).Id);
        }

        Assert.Equal(commits, _snapshots.Commits);
        Put("a.txt", "changed");
        await using var changed = await SolveAsync("FROM busybox\nCOPY a.txt /a\nWORKDIR /w\n");
        Assert.True(_snapshots.Commits > commits);
    }

    [Fact]
    public async Task Solve_SideBySide_DoesEachStepOnce()
    {
        Put("a.txt", "A");
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SolveAsync("FROM busybox\nCOPY a.txt /a\n", new FakeProgress()))));
        Assert.Equal(1, _snapshots.Commits);
        foreach (var solved in all)
        {
            await solved.DisposeAsync();
        }
    }

    [Fact]
    public async Task Solve_Classic_MakesImagesWithParents()
    {
        Put("a.txt", "A");
        await using var solved = await SolveAsync("FROM busybox\nENV a=b\nCOPY a.txt /a\nCMD x\n", classic: true);
        var image = await solved.StoreAsync([ImageReference.Parse("t")], CancellationToken.None);
        Assert.Equal(["t:latest"], image.Tags);
        Assert.Equal(["base", "/bin/sh -c #(nop)  ENV a=b"], image.History.Take(2).Select(h => h.CreatedBy));
        Assert.Matches("^/bin/sh -c #\\(nop\\) COPY file:[0-9a-f]{64} in /a $", image.History[2].CreatedBy);
        Assert.Equal("/bin/sh -c #(nop)  CMD [\"/bin/sh\" \"-c\" \"x\"]", image.History[3].CreatedBy);
        Assert.Equal([false, true, false, true], image.History.Select(h => h.EmptyLayer));
        var parents = 0;
        for (var at = image; at?.Parent is { } parent; at = _images.Find(parent.Value))
        {
            parents++;
        }

        Assert.Equal(3, parents);
        Assert.Equal(["start FROM busybox", "done FROM busybox", "start ENV a=b", "done ENV a=b"], _progress.Lines.Take(4));
    }

    [Fact]
    public async Task Solve_ClassicImageRemoved_IsMadeAgain()
    {
        await using (var solved = await SolveAsync("FROM busybox\nENV a=b\n", classic: true))
        {
            await _images.RemoveAsync((await solved.StoreAsync([], CancellationToken.None)).Id.Value, new ImageRemoveOptions(), CancellationToken.None);
        }

        await using var again = await SolveAsync("FROM busybox\nENV a=b\n", classic: true);
        Assert.Equal("done ENV a=b", _progress.Lines[^1]);
    }

    [Theory]
    [InlineData("FROM busybox\nCOPY nope /\n", "COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist")]
    [InlineData("FROM busybox\nCOPY ../a /\n", "COPY failed: forbidden path outside the build context: ../a ()")]
    [InlineData("FROM busybox\nCOPY --from=later / /\nFROM busybox AS later\n", "invalid from flag value later: refers to current build stage or to a later one")]
    [InlineData("FROM busybox\nCOPY --chown=nobody a.txt /\n", "COPY failed: unable to convert uid/gid chown string to host mapping: can't find uid for user nobody: no such user: nobody")]
    [InlineData("FROM busybox\nEXPOSE x\n", "Invalid containerPort: x")]
    [InlineData("FROM busybox\nADD http://x.invalid/a b/\nCOPY http://x/a b\n", null)]
    public async Task Solve_StepFails_SaysDockersWordsAndLeavesNothing(string dockerfile, string? message)
    {
        Put("a.txt", "A");
        var problem = await Assert.ThrowsAsync<BuildException>(() => SolveAsync(dockerfile, classic: true));
        Assert.Equal(message ?? problem.Message, problem.Message);
        Assert.True(problem.Line > 1);
        Assert.Empty(_snapshots.Keys);
        Assert.Empty(Directory.GetFileSystemEntries(_temp.Sub("data/builds/tmp")));
    }

    [Fact]
    public async Task Solve_BadDockerfile_TellsNothing()
    {
        var problem = await Assert.ThrowsAsync<NaruException>(() => SolveAsync("FROM busybox\nXYZZY\n", classic: true));
        Assert.Equal(ErrorKind.InvalidArgument, problem.Kind);
        Assert.Empty(_progress.Lines);
    }

    [Fact]
    public async Task Prune_RemovesWhatNobodyUses()
    {
        Put("a.txt", "A");
        var solved = await SolveAsync("FROM busybox\nCOPY a.txt /a\n");
        var everything = new BuildPrune(true, ByteSize.Zero, _ => true);
        Assert.Empty((await Builds.PruneAsync(everything, CancellationToken.None)).Records);
        await solved.DisposeAsync();
        var pruned = await Builds.PruneAsync(everything, CancellationToken.None);
        Assert.Single(pruned.Records);
        Assert.Empty(Builds.Cache());
        Assert.Equal(0, _snapshots.Held);
    }

    private Task<ISolvedBuild> SolveAsync(string dockerfile, FakeProgress? progress = null, bool classic = false)
    {
        var request = new BuildRequest { Context = new Folder(_temp.Sub("context")), DockerfileText = dockerfile, Classic = classic };
        return Builds.SolveAsync(request, progress ?? _progress, CancellationToken.None);
    }

    private void Put(string name, string content) => _temp.Write("context/" + name, content);

    private ServiceProvider Start()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(new EngineDirectories(_temp.Sub("data"), _temp.Sub("run"), "01234567"));
        services.AddSingleton<ISnapshots>(_snapshots);
        services.AddSingleton<IImages>(_images);
        services.AddSingleton<IHost>(new FakeHost());
        services.AddSingleton<IEvents>(new NoEvents());
        services.AddSingleton<DescriptorPoller>();
        services.AddSingleton<ProcessRunner>();
        services.AddSingleton<Decompressor>();
        services.AddNaruBuilds();
        services.AddSingleton(NoPort.Of<IContainers>());
        services.AddSingleton(NoPort.Of<IRegistries>());
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<StepCache>().Load();
        return provider;
    }

    private sealed class Folder(string path) : IBuildContext
    {
        public Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken) => Task.FromResult(path);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FakeHost : IHost
    {
        public HostFacts Read() => new()
        {
            InstanceId = "i", Name = "h", Version = "0", Platform = Host, KernelVersion = "6", OperatingSystem = "x", Machine = "x86_64", Processors = 1,
            Memory = 1, DataDirectory = "/", RunDirectory = "/", CgroupVersion = 1,
        };

        public ProcessFigures Count() => new(0, 0);
    }

    private sealed class NoEvents : IEvents
    {
        public void Publish(EngineEvent happened)
        {
        }

        public IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

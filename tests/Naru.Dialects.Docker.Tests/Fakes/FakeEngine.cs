using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Hosts;
using Naru.Core.Images;

namespace Naru.Dialects.Docker.Tests.Fakes;

internal sealed class FakeHost : IHost
{
    public int CgroupVersion { get; set; } = 1;

    public ProcessFigures Count() => new(12, 7);

    public HostFacts Read() => new()
    {
        InstanceId = "7e0ab1f4-0000-4000-8000-000000000000",
        Name = "testhost",
        Version = "0.1.0",
        Platform = new Platform { Os = "linux", Architecture = "amd64" },
        KernelVersion = "6.1.0",
        OperatingSystem = "Debian GNU/Linux 12 (bookworm)",
        Machine = "x86_64",
        Processors = 2,
        Memory = 1 << 30,
        DataDirectory = "/var/lib/naru",
        RunDirectory = "/run/naru",
        CgroupVersion = CgroupVersion,
        CgroupControllers = ["cpu", "memory", "pids"],
        Seccomp = true,
        DefaultRuntime = "crun",
        Runtimes = ImmutableSortedDictionary<string, string>.Empty.Add("crun", "/usr/bin/crun"),
    };
}

internal sealed class FakeEvents : IEvents
{
    private readonly Channel<EngineEvent> _events = Channel.CreateUnbounded<EngineEvent>();

    public List<EngineEvent> Published { get; } = [];

    public (DateTimeOffset? Since, DateTimeOffset? Until) Asked { get; private set; }

    public void Publish(EngineEvent happened)
    {
        Published.Add(happened);
        _events.Writer.TryWrite(happened);
    }

    public void End() => _events.Writer.TryComplete();

    public IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        Asked = (since, until);
        return ReadAsync(cancellationToken);
    }

    private async IAsyncEnumerable<EngineEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in _events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return happened;
        }
    }
}

/// <summary>Builds by script: the context's text says how it ends.</summary>
internal sealed class FakeBuilds : IBuilds
{
    public BuildRequest? Asked { get; private set; }

    public async Task<IBuildContext> ReceiveAsync(Stream archive, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(archive);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return text == "not a tar" ? throw NaruException.Invalid("the build context is not a tar archive") : new FakeContext(text);
    }

    public Task<IBuildContext> FetchAsync(string remote, CancellationToken cancellationToken) => Task.FromResult<IBuildContext>(new FakeContext("ok"));

    public async Task<ISolvedBuild> SolveAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken)
    {
        Asked = request;
        var text = ((FakeContext)request.Context).Text;
        if (text == "bad dockerfile")
        {
            throw NaruException.Invalid("dockerfile parse error on line 1: unknown instruction: FRUM");
        }
        var step = new BuildStep { Id = FakeContainers.ImageId, Name = "RUN", Instruction = "RUN make", Number = 1, Count = 1 };
        progress.Started(step);
        progress.Running(step, new ContainerId(new string('9', 64)));
        progress.Output(step, OutputStream.Output, "hi\n"u8);
        progress.Output(step, OutputStream.Error, "oh\n"u8);
        if (text == "fail")
        {
            throw new BuildException("The command '/bin/sh -c make' returned a non-zero code: 2", 2);
        }
        if (text == "hang")
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        progress.Completed(step, new BuildStepOutcome { ImageId = FakeContainers.ImageId, RemovedContainer = new ContainerId(new string('9', 64)) });
        return new FakeSolved();
    }

    public ImmutableArray<BuildCacheRecord> Cache() => [new BuildCacheRecord { Id = "cache1", Size = 50, Created = FakeContainers.Birth }];

    public Task<BuildPruned> PruneAsync(BuildPrune prune, CancellationToken cancellationToken) =>
        Task.FromResult(new BuildPruned([.. Cache().Where(prune.Allowed)], 50));

    private sealed record FakeContext(string Text) : IBuildContext
    {
        public Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken) => Task.FromResult("/");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FakeSolved : ISolvedBuild
    {
        public ImageDraft Draft => new();

        public Platform Platform => FakeImages.Busybox.Platform;

        public ImmutableArray<string> UnusedArguments => ["x"];

        public ReadOnlyMemory<byte> ConfigBytes => default;

        public Task<Image> StoreAsync(IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) => Task.FromResult(FakeImages.Busybox);

        public Task WriteAsync(BuildArchive format, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IBuildTree> OpenTreeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

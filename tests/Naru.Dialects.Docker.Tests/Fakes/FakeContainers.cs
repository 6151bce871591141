using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Networks;

namespace Naru.Dialects.Docker.Tests.Fakes;

/// <summary>Containers in memory. A started one runs until <see cref="End"/> is called.</summary>
internal sealed class FakeContainers : IContainers
{
    private readonly Lock _lock = new();
    private readonly List<Container> _all = [];
    private readonly Dictionary<ContainerId, TaskCompletionSource<ContainerExit>> _ends = [];

    public static readonly Digest ImageId = new("sha256:" + new string('b', 64));

    public static readonly DateTimeOffset Birth = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public List<string> Calls { get; } = [];

    public FakeAttachment? NextAttachment { get; set; }

    public AttachOptions? Attached { get; private set; }

    public ContainerUpdate? Updated { get; private set; }

    public Exception? FailNext { get; set; }

    public ImmutableArray<Container> List()
    {
        lock (_lock)
        {
            return [.. Enumerable.Reverse(_all)];
        }
    }

    public Container Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"No such container: {reference}");

    public Container? Find(string reference)
    {
        lock (_lock)
        {
            return _all.FirstOrDefault(one => reference.Length > 0 && (one.Id.Value.StartsWith(reference, StringComparison.Ordinal) || one.Name == reference.TrimStart('/')));
        }
    }

    public Task<ContainerCreated> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken)
    {
        if (spec.Image != "busybox" && spec.Layers is null)
        {
            throw NaruException.NotFound($"No such image: {spec.Image}");
        }
        name ??= "made_up";
        if (Find(name) is { } other)
        {
            throw NaruException.Conflict($"Conflict. The container name \"/{name}\" is already in use by container \"{other.Id}\".");
        }
        var container = new Container
        {
            Id = ContainerId.New(),
            Name = name,
            Created = Birth,
            ImageId = ImageId,
            Spec = spec,
            Status = new ContainerStatus { Phase = ContainerPhase.Created },
            SnapshotKey = "key",
            LogPath = "/logs/it-json.log",
            StateDirectory = "/state/it",
            Runtime = "crun",
        };
        lock (_lock)
        {
            _all.Add(container);
            _ends[container.Id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return Task.FromResult(new ContainerCreated(container, []));
    }

    public Container Change(string reference, Func<Container, Container> change)
    {
        lock (_lock)
        {
            var index = _all.FindIndex(one => one.Id == Get(reference).Id);
            return _all[index] = change(_all[index]);
        }
    }

    public void End(string reference, int code)
    {
        var container = Change(reference, one => one with { Status = one.Status with { Phase = ContainerPhase.Exited, ExitCode = code, FinishedAt = Birth.AddMinutes(1) } });
        _ends[container.Id].TrySetResult(new ContainerExit(code));
    }

    public Task StartAsync(string reference, CancellationToken cancellationToken)
    {
        Calls.Add($"start {Get(reference).Name}");
        if (FailNext is { } failure)
        {
            FailNext = null;
            throw failure;
        }
        if (Get(reference).IsLive)
        {
            throw new NaruException(ErrorKind.NotModified, "already started");
        }
        Change(reference, one => one with { Status = one.Status with { Phase = ContainerPhase.Running, Pid = 42, StartedAt = Birth } });
        return Task.CompletedTask;
    }

    public Task StopAsync(string reference, StopOptions options, CancellationToken cancellationToken)
    {
        Calls.Add($"stop {Get(reference).Name} {options.Signal} {options.Timeout?.TotalSeconds}");
        if (!Get(reference).IsLive)
        {
            throw new NaruException(ErrorKind.NotModified, "not running");
        }
        End(reference, 0);
        return Task.CompletedTask;
    }

    public Task RestartAsync(string reference, StopOptions options, CancellationToken cancellationToken) => Note($"restart {Get(reference).Name}");

    public Task KillAsync(string reference, string signal, CancellationToken cancellationToken) => Get(reference).IsLive
        ? Note($"kill {Get(reference).Name} {signal}", () => End(reference, 137))
        : throw NaruException.Conflict($"container {Get(reference).Id} is not running");

    public Task PauseAsync(string reference, CancellationToken cancellationToken) => Note($"pause {Get(reference).Name}");

    public Task UnpauseAsync(string reference, CancellationToken cancellationToken) => Note($"unpause {Get(reference).Name}");

    public Task RenameAsync(string reference, string name, CancellationToken cancellationToken)
    {
        Change(reference, one => one with { Name = name });
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<string>> UpdateAsync(string reference, ContainerUpdate update, CancellationToken cancellationToken)
    {
        Updated = update;
        Change(reference, one => one with { Spec = one.Spec with { Resources = update.Resources!(one.Spec.Resources), Restart = update.Restart ?? one.Spec.Restart } });
        return Task.FromResult(ImmutableArray<string>.Empty);
    }

    public Task<Task<ContainerExit>> WaitAsync(string reference, WaitCondition condition, CancellationToken cancellationToken)
    {
        Calls.Add($"wait {condition}");
        return Task.FromResult(_ends[Get(reference).Id].Task);
    }

    public Task RemoveAsync(string reference, RemoveOptions options, CancellationToken cancellationToken)
    {
        var container = Get(reference);
        if (container.IsLive && !options.Force)
        {
            throw NaruException.Conflict($"cannot remove container \"/{container.Name}\": container is running: stop the container before removing or force remove");
        }
        lock (_lock)
        {
            _all.RemoveAll(one => one.Id == container.Id);
        }
        return Task.CompletedTask;
    }

    public Task<IAttachment> AttachAsync(string reference, AttachOptions options, CancellationToken cancellationToken)
    {
        Get(reference);
        Attached = options;
        return Task.FromResult<IAttachment>(NextAttachment ?? throw new InvalidOperationException("no attachment was prepared"));
    }

    public Task ResizeAsync(string reference, TerminalSize size, CancellationToken cancellationToken) => Note($"resize {Get(reference).Name} {size.Rows}x{size.Columns}");

    public Task<ProcessTable> ProcessesAsync(string reference, string psArguments, CancellationToken cancellationToken) =>
        Task.FromResult(new ProcessTable(["UID", "PID"], [["root", "42"]]));

    public Task ConnectAsync(string reference, string network, EndpointSpec endpoint, CancellationToken cancellationToken) =>
        Note($"connect {Get(reference).Name} {network[..4]} {endpoint.IPv4Address}");

    public Task DisconnectAsync(string reference, string network, bool force, CancellationToken cancellationToken) => Note($"disconnect {reference} {network[..4]} {force}");

    private Task Note(string call, Action? then = null)
    {
        Calls.Add(call);
        then?.Invoke();
        return Task.CompletedTask;
    }
}

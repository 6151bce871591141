using System.Collections.Immutable;
using System.Threading.Channels;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Core.Networks;

namespace Naru.Agent.Tests.Running;

/// <summary>An engine in memory: containers are made, started, killed and removed, and it says so.</summary>
internal sealed class FakeEngine(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Container> _containers = [];
    private readonly Channel<EngineEvent> _events = Channel.CreateUnbounded<EngineEvent>();
    private readonly List<(string Id, TaskCompletionSource<ContainerExit> Done)> _waits = [];
    private int _addresses = 1;

    /// <summary>Names of containers in the order in which they were started.</summary>
    public List<string> Started { get; } = [];

    /// <summary>Signals, as <c>name signal</c>.</summary>
    public List<string> Signals { get; } = [];

    /// <summary>Containers that end at SIGTERM; others need SIGKILL.</summary>
    public Func<string, bool> EndsAtTerm { get; set; } = static _ => true;

    /// <summary>Why a container does not start; null: it does.</summary>
    public Func<Container, NaruException?> Refuses { get; set; } = static _ => null;

    public IContainers Containers => Fake.Of<IContainers>(Answer);

    public IEvents Events => Fake.Of<IEvents>((_, args) => _events.Reader.ReadAllAsync((CancellationToken)args[2]!));

    public ImmutableArray<Container> All()
    {
        lock (_lock)
        {
            return [.. _containers];
        }
    }

    /// <summary>The process of a container ends by itself.</summary>
    public void End(string name, int code) => Finish(All().Single(one => one.Name == name && one.IsLive).Id.Value, code);

    private object? Answer(string method, object?[] args) => method switch
    {
        "List" => All(),
        "Get" => Find((string)args[0]!) ?? throw NaruException.NotFound($"No such container: {args[0]}"),
        "Find" => Find((string)args[0]!),
        "CreateAsync" => Task.FromResult(Create((ContainerSpec)args[0]!, (string)args[1]!)),
        "StartAsync" => Start((string)args[0]!),
        "KillAsync" => Kill((string)args[0]!, (string)args[1]!),
        "WaitAsync" => Task.FromResult(Wait((string)args[0]!)),
        "RemoveAsync" => Remove((string)args[0]!),
        "UpdateAsync" => Update((string)args[0]!, (ContainerUpdate)args[1]!),
        _ => throw new NotSupportedException(method),
    };

    private Container? Find(string reference) => All().FirstOrDefault(one => one.Id.Value == reference || one.Name == reference);

    private ContainerCreated Create(ContainerSpec spec, string name)
    {
        var id = ContainerId.New();
        var made = new Container { Id = id, Name = name, Created = time.GetUtcNow(), ImageId = Digest.Of([1]), Spec = spec, SnapshotKey = id.Value, Status = new ContainerStatus { Phase = ContainerPhase.Created } };
        lock (_lock)
        {
            _containers.Add(made);
        }

        return new ContainerCreated(made, []);
    }

    private Task Start(string reference)
    {
        var one = Find(reference)!;
        if (Refuses(one) is { } refusal)
        {
            return Task.FromException(refusal);
        }

        var endpoint = new Endpoint { NetworkId = "n", NetworkName = "naru-pods", Container = one.Id, IPv4Address = $"10.244.0.{Interlocked.Increment(ref _addresses)}" };
        var network = one.Spec.Network.Mode == "naru-pods" ? new SandboxNetwork { Endpoints = ImmutableSortedDictionary<string, Endpoint>.Empty.Add("naru-pods", endpoint) } : SandboxNetwork.None;
        Put(one with { Status = one.Status with { Phase = ContainerPhase.Running, Pid = 1, StartedAt = time.GetUtcNow(), Network = network } });
        lock (_lock)
        {
            Started.Add(one.Name.Split('_')[1]);
        }

        return Task.CompletedTask;
    }

    private Task Kill(string reference, string signal)
    {
        if (Find(reference) is not { IsLive: true } one)
        {
            throw NaruException.Conflict($"container {reference} is not running");
        }

        lock (_lock)
        {
            Signals.Add($"{one.Name.Split('_')[1]} {signal}");
        }

        if (signal == "KILL" || EndsAtTerm(one.Name.Split('_')[1]))
        {
            Finish(one.Id.Value, signal == "KILL" ? 137 : 143);
        }

        return Task.CompletedTask;
    }

    private Task<ContainerExit> Wait(string reference)
    {
        if (Find(reference) is not { IsLive: true } one)
        {
            return Task.FromResult(new ContainerExit(0));
        }

        var done = new TaskCompletionSource<ContainerExit>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Add((one.Id.Value, done));
        }

        return done.Task;
    }

    private Task<ImmutableArray<string>> Update(string reference, ContainerUpdate update)
    {
        var one = Find(reference)!;
        one = one with { Spec = one.Spec with { Resources = update.Resources?.Invoke(one.Spec.Resources) ?? one.Spec.Resources } };
        Put(one);
        return Task.FromResult(ImmutableArray<string>.Empty);
    }

    private Task Remove(string reference)
    {
        lock (_lock)
        {
            _containers.RemoveAll(one => one.Id.Value == reference);
        }

        return Task.CompletedTask;
    }

    private void Finish(string id, int code)
    {
        var one = Find(id)!;
        Put(one with { Status = one.Status with { Phase = ContainerPhase.Exited, Pid = 0, ExitCode = code, FinishedAt = time.GetUtcNow(), Network = SandboxNetwork.None } });
        lock (_lock)
        {
            _waits.Where(wait => wait.Id == id).ToList().ForEach(wait => wait.Done.TrySetResult(new ContainerExit(code)));
        }

        _events.Writer.TryWrite(new EngineEvent { Type = "container", Action = "die", ActorId = id, Attributes = one.Spec.Labels });
    }

    private void Put(Container changed)
    {
        lock (_lock)
        {
            _containers[_containers.FindIndex(one => one.Id == changed.Id)] = changed;
        }
    }
}

using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Controllers.Tests.Runtime;

public sealed class RuntimeTests
{
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly WriteOptions Write = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryObjects _objects;
    private readonly Informers _informers;

    public RuntimeTests()
    {
        _objects = new MemoryObjects(_time);
        _informers = new Informers(_objects, _time, NullLogger<Informer>.Instance);
    }

    [Fact]
    public async Task Queue_SameKeyAddedWhileWorkedOn_RunsOnceMoreAndNeverTwiceAtOnce()
    {
        var gate = new TaskCompletionSource();
        var (now, most, runs) = (0, 0, 0);
        var queue = new WorkQueue("test", 4, async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            runs++;
            await gate.Task;
            Interlocked.Decrement(ref now);
            return Requeue.No;
        }, _time, NullLogger.Instance);
        queue.Start(CancellationToken.None);

        queue.Add(new("a", "b"));
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref runs) == 1), "the first run");
        queue.Add(new("a", "b"));
        queue.Add(new("a", "b"));
        gate.SetResult();
        await Eventually.BecomesAsync(() => Task.FromResult(queue.IsIdle), "idle");

        Assert.Equal((2, 1), (runs, most));
    }

    [Fact]
    public async Task Queue_Failure_IsTriedAgainAfterBackOff()
    {
        var runs = 0;
        var queue = new WorkQueue("test", 1, (_, _) => ++runs < 3 ? throw NaruException.Conflict("no") : Task.FromResult(Requeue.No), _time, NullLogger.Instance);
        queue.Start(CancellationToken.None);
        queue.Add(new("", "x"));

        await Eventually.BecomesAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            return Task.FromResult(Volatile.Read(ref runs) == 3);
        }, "three runs");
    }

    [Fact]
    public async Task Queue_NamespaceEnds_LeavesTheKeyUntilItChanges()
    {
        var runs = 0;
        var ending = new NaruException(ErrorKind.PermissionDenied, "pods \"p\" is forbidden") { Details = new FailureDetails { Causes = [new("NamespaceTerminating", "namespace ns is being terminated", "metadata.namespace")] } };
        var queue = new WorkQueue("test", 1, (_, _) => { runs++; throw ending; }, _time, NullLogger.Instance);
        queue.Start(CancellationToken.None);

        queue.Add(new("ns", "x"));
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref runs) == 1 && queue.IsIdle), "one run");
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(queue.IsIdle);
        queue.Add(new("ns", "x"));
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref runs) == 2 && queue.IsIdle), "a run for the change");
    }

    [Fact]
    public async Task Informer_OwnWrite_IsKnownAtOnceAndToldOnce()
    {
        var pods = _informers.For(Pods);
        var owned = _informers.OwnedOf(Pods);
        var told = new List<string>();
        pods.Subscribe((old, now) => told.Add($"{old?.Revision}>{now?.Revision}"));
        using var stop = new CancellationTokenSource();
        var objects = new ControllerObjects(_objects, _informers);

        // The watch does not run yet: only the write itself tells.
        var pod = await objects.CreateAsync(Pods, Pod("a", "owner-1"), Write, CancellationToken.None);
        Assert.Single(owned.Of("owner-1"));
        await objects.DeleteAsync(Pods, "ns", "a", new DeleteOptions(), CancellationToken.None);
        Assert.Empty(owned.Of("owner-1"));
        var second = await objects.CreateAsync(Pods, Pod("b", "owner-1"), Write, CancellationToken.None);

        var running = _informers.RunAsync(stop.Token);
        await _informers.WaitUntilSyncedAsync(CancellationToken.None);
        await stop.CancelAsync();
        await running;

        Assert.Equal([$">{pod.Revision}", $"{pod.Revision}>", $">{second.Revision}"], told);
        Assert.Equal("b", Assert.Single(owned.Of("owner-1")).Name);
    }

    [Fact]
    public async Task Informer_WatchCutOff_TellsWhatWasMissed()
    {
        var pods = _informers.For(Pods);
        using var stop = new CancellationTokenSource();
        await _objects.CreateAsync(Pods, Pod("a", "o"), Write, CancellationToken.None);
        var running = _informers.RunAsync(stop.Token);
        await _informers.WaitUntilSyncedAsync(CancellationToken.None);

        _objects.ExpireWatches();
        await _objects.DeleteAsync(Pods, "ns", "a", new DeleteOptions(), CancellationToken.None);
        await _objects.CreateAsync(Pods, Pod("b", "o"), Write, CancellationToken.None);

        await Eventually.BecomesAsync(() => Task.FromResult(pods.List() is [{ Name: "b" }]), "the informer caught up");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Events_EqualOnes_AreCountedAndSimilarOnesCombined()
    {
        var pod = await _objects.CreateAsync(Pods, Pod("a", "o"), Write, CancellationToken.None);
        var recorder = new EventRecorder(_objects, _time, NullLogger<EventRecorder>.Instance);
        for (var index = 0; index < 3; index++)
        {
            recorder.Record(pod, false, "Same", "same text", "test");
        }

        for (var index = 0; index < 15; index++)
        {
            recorder.Record(pod, true, "Similar", $"text {index}", "test");
        }

        await recorder.FlushAsync();
        var events = _objects.List(new("", "events")).Select(one => one.Tree).ToList();

        var same = Assert.Single(events, one => one.Text("reason") == "Same");
        Assert.Equal(3, same.Integer("count"));
        Assert.Equal(10, events.Count(one => one.Text("reason") == "Similar"));
        Assert.Equal(6, Assert.Single(events, one => one.Text("message")!.StartsWith("(combined", StringComparison.Ordinal)).Integer("count"));
    }

    [Fact]
    public async Task Events_TooManyOfOneObject_AreNotTold()
    {
        var pod = await _objects.CreateAsync(Pods, Pod("a", "o"), Write, CancellationToken.None);
        var recorder = new EventRecorder(_objects, _time, NullLogger<EventRecorder>.Instance);
        for (var index = 0; index < 40; index++)
        {
            recorder.Record(pod, false, $"Reason{index}", "text", "test");
        }

        await recorder.FlushAsync();

        Assert.Equal(25, _objects.List(new("", "events")).Count);
    }

    [Fact]
    public async Task Typed_StatusWritten_KeepsKubernetesForms()
    {
        await _objects.CreateAsync(new("apps", "deployments"), TreeJson.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"ns"},"spec":{"replicas":3}}"""), Write, CancellationToken.None);
        var typed = _objects.Get<V1Deployment>("ns", "d")!;

        await _objects.UpdateStatusAsync(typed with { Status = new V1DeploymentStatus { Replicas = 3, Conditions = [new V1DeploymentCondition { Type = "Available", Status = "True", LastUpdateTime = _time.GetUtcNow().UtcDateTime }] } }, Write, CancellationToken.None);

        var tree = _objects.List(new("apps", "deployments"))[0].Tree;
        Assert.Equal(3, tree.Integer("status", "replicas"));
        Assert.Equal("2026-01-01T00:00:00Z", tree.Maps("status", "conditions").Single().Text("lastUpdateTime"));
        Assert.Single(_objects.List<V1Deployment>());
    }

    [Fact]
    public async Task Lease_HolderSilent_IsTakenOverAndTheOldHolderStops()
    {
        var first = new LeaseLeadership("kube-controller-manager", _objects, new ControllerRuntimeOptions { Identity = "one" }, _time, NullLogger<LeaseLeadership>.Instance);
        var second = new LeaseLeadership("kube-controller-manager", _objects, new ControllerRuntimeOptions { Identity = "two" }, _time, NullLogger<LeaseLeadership>.Instance);
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();
        var leads = new HashSet<string>();
        var runs = first.RunAsync(token => LeadAsync("one", token), stopFirst.Token);
        await Eventually.BecomesAsync(() => Task.FromResult(Leads("one")), "one leads");
        var other = second.RunAsync(token => LeadAsync("two", token), stopSecond.Token);

        // Nobody can renew any more through the first server's eyes. It stops by itself in time, so the clock waits for it just short of the moment from which the second may lead.
        var cutOff = _time.GetUtcNow();
        _objects.Refuse = (_, resource, body, _) => resource.Resource == "leases" && body?.Text("spec", "holderIdentity") == "one" ? new NaruException(ErrorKind.Unavailable, "cut off") : null;
        await Eventually.BecomesAsync(() =>
        {
            if (_time.GetUtcNow() - cutOff < TimeSpan.FromSeconds(7))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return Task.FromResult(!Leads("one"));
        }, "one leads no longer");
        Assert.False(Leads("two"));
        await Eventually.BecomesAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            lock (leads)
            {
                Assert.True(leads.Count < 2);
            }

            return Task.FromResult(Leads("two"));
        }, "two leads");

        await stopFirst.CancelAsync();
        await stopSecond.CancelAsync();
        await Task.WhenAll(runs, other);

        bool Leads(string who)
        {
            lock (leads)
            {
                return leads.Contains(who);
            }
        }

        async Task LeadAsync(string who, CancellationToken token)
        {
            lock (leads)
            {
                leads.Add(who);
            }

            var end = new TaskCompletionSource();
            await using var registration = token.Register(() => end.SetResult());
            await end.Task;
            lock (leads)
            {
                leads.Remove(who);
            }
        }
    }

    private static MapValue Pod(string name, string owner) => TreeJson.Parse($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"ns","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"{{{owner}}}","controller":true}]}}
        """);
}

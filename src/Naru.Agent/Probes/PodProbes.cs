using System.Collections.Immutable;
using Naru.Agent.Events;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Objects.Values;

namespace Naru.Agent.Probes;

/// <summary>The probes of one pod's containers: each asks in a loop of its own while its container lives.</summary>
internal sealed class PodProbes(ProbeRunner runner, PodEvents events, ProbeCounts counts, NodeIdentity identity, TimeProvider time, Action changed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContainerId, (CancellationTokenSource End, Task Run)> _loops = [];
    private volatile bool _ends;
    private ImmutableDictionary<ContainerId, ProbeVerdict> _verdicts = ImmutableDictionary<ContainerId, ProbeVerdict>.Empty;

    /// <summary>What they say now.</summary>
    public ImmutableDictionary<ContainerId, ProbeVerdict> Verdicts => Volatile.Read(ref _verdicts);

    /// <summary>Begins to ask new containers, and ends asking those that are gone.</summary>
    public void Follow(PodSight sight)
    {
        var live = sight.Containers.Where(static one => one is { IsLive: true, IsSandbox: false }).ToDictionary(static one => one.Id);
        foreach (var gone in _loops.Keys.Where(id => !live.ContainsKey(id)).ToList())
        {
            End(gone);
        }

        var address = PodStatus.AddressOf(sight, identity.Addresses);
        foreach (var container in live.Values.Where(one => !_loops.ContainsKey(one.Id)))
        {
            if (sight.Pod.Member(container.Name) is { } member && HasProbes(member.Spec))
            {
                var end = new CancellationTokenSource();
                var already = AlreadyReady(sight.Pod, container);
                Put(container.Id, new ProbeVerdict(already || !member.Spec.Has("startupProbe"), already || !member.Spec.Has("readinessProbe")));
                _loops[container.Id] = (end, Task.Run(() => RunAsync(sight.Pod, member, container, address, end.Token), CancellationToken.None));
            }
        }
    }

    /// <summary>The pod ends: nothing is killed for its health any more, but who leaves the endpoints is still asked.</summary>
    public void Ending(PodSight sight)
    {
        _ends = true;
        foreach (var gone in _loops.Keys.Where(id => !sight.Containers.Any(one => one.Id == id && one.IsLive)).ToList())
        {
            End(gone);
        }
    }

    public async Task StopAsync()
    {
        var runs = _loops.Values.Select(static one => one.Run).ToList();
        foreach (var id in _loops.Keys.ToList())
        {
            End(id);
        }

        await Task.WhenAll(runs);
    }

    private static bool HasProbes(MapValue container) => container.Has("startupProbe") || container.Has("readinessProbe") || container.Has("livenessProbe");

    // Naru was started anew under a container that was ready: it stays so until a probe says otherwise.
    private static bool AlreadyReady(PodView pod, PodContainer container) =>
        pod.Status.Maps("containerStatuses").Concat(pod.Status.Maps("initContainerStatuses")).Any(one =>
            one.Text("containerID") == ContainerStatuses.Scheme + container.Id.Value && one.Boolean("ready") == true);

    private async Task RunAsync(PodView pod, PodMember member, PodContainer container, string address, CancellationToken cancellationToken)
    {
        try
        {
            if (member.Spec.Map("startupProbe") is { } startup && !Verdict(container).Started)
            {
                if (!await LoopAsync("Startup", startup, true).ConfigureAwait(false))
                {
                    return;
                }
            }

            var loops = new List<Task>();
            if (member.Spec.Map("livenessProbe") is { } liveness)
            {
                loops.Add(LoopAsync("Liveness", liveness, false));
            }

            if (member.Spec.Map("readinessProbe") is { } readiness)
            {
                loops.Add(LoopAsync("Readiness", readiness, false));
            }

            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException)
        {
            // The container ended, or naru stops.
        }

        Task<bool> LoopAsync(string kind, MapValue probe, bool once) =>
            new ProbeLoop(kind, probe, runner, time, () => _ends && kind != "Readiness").RunAsync(member, container, address, once, (success, kills, problem) => Judge(pod, member, container, kind, success, kills, problem), cancellationToken);
    }

    private void Judge(PodView pod, PodMember member, PodContainer container, string kind, bool? success, bool kills, string? problem)
    {
        counts.Add(pod, member, container.Id, kind, problem);
        if (problem is not null)
        {
            var unknown = problem.StartsWith(ProbeWords.Unknown, StringComparison.Ordinal);
            events.Container(pod, member, true, "Unhealthy", unknown ? $"{kind} probe errored and resulted in unknown state: {problem[ProbeWords.Unknown.Length..]}" : $"{kind} probe failed: {problem}");
        }

        var before = Verdict(container);
        var after = kind switch
        {
            "Startup" when success == true => before with { Started = true },
            "Readiness" when success is { } ready => before with { Ready = ready },
            _ => before,
        };
        after = kills ? after with { Kill = $"failed {kind.ToLowerInvariant()} probe", Ready = false } : after;
        if (after != before)
        {
            Put(container.Id, after);
            changed();
        }
    }

    private ProbeVerdict Verdict(PodContainer container) => Verdicts.GetValueOrDefault(container.Id) ?? new ProbeVerdict(false, false);

    private void Put(ContainerId id, ProbeVerdict verdict)
    {
        lock (_lock)
        {
            Volatile.Write(ref _verdicts, _verdicts.SetItem(id, verdict));
        }
    }

    private void End(ContainerId id)
    {
        if (_loops.Remove(id, out var loop))
        {
            loop.End.Cancel();
            loop.End.Dispose();
            lock (_lock)
            {
                Volatile.Write(ref _verdicts, _verdicts.Remove(id));
            }

            counts.Forget(id);
        }
    }
}

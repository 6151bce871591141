using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Agent.Containers;
using Naru.Agent.Probes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>
/// Makes one pod be what its object says. Woken by whatever may matter, it looks at everything anew, decides, does, and writes what has become: nothing depends on
/// what it was woken by.
/// </summary>
internal sealed partial class PodWorker : IDisposable
{
    private readonly WorkerParts _parts;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _alarm;
    private readonly PodKills _kills;
    private readonly PodProbes _probes;
    private readonly PodResizes _resizes;
    private readonly Dictionary<string, StartFailure> _failures = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private CancellationTokenSource _starting = new();
    private StartFailure? _sandboxFailure;
    private PodEnd? _end;
    private MapValue _tree;
    private volatile bool _gone;
    private volatile bool _retriesNow;

    public PodWorker(MapValue tree, WorkerParts parts)
    {
        (_tree, _parts, _logger) = (tree, parts, parts.Logger);
        _alarm = parts.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _kills = new PodKills(parts.Containers, parts.Hooks, parts.Events, parts.Time, Wake);
        _probes = parts.NewProbes(Wake);
        _resizes = new PodResizes(parts.Containers, parts.Actions);
        Wake();
    }

    /// <summary>The newest object.</summary>
    public MapValue Tree => Volatile.Read(ref _tree);

    public ImmutableDictionary<ContainerId, ProbeVerdict> Verdicts => _probes.Verdicts;

    /// <summary>Its object changed.</summary>
    public void Update(MapValue tree)
    {
        Volatile.Write(ref _tree, tree);
        if (tree.Map("metadata")?.Has("deletionTimestamp") == true)
        {
            _starting.Cancel();
        }

        Wake();
    }

    /// <summary>Its object is gone: what still runs has to end.</summary>
    public void Gone()
    {
        _gone = true;
        _starting.Cancel();
        Wake();
    }

    /// <summary>Something that its volumes are made of changed: what failed may succeed now.</summary>
    public void VolumesChanged()
    {
        _retriesNow = true;
        Wake();
    }

    /// <summary>Something happened that may matter.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Works until nothing of the pod is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _signal.Reader.WaitToReadAsync(cancellationToken))
            {
                _signal.Reader.TryRead(out _);
                if (await TurnAsync(cancellationToken))
                {
                    return;
                }
            }
        }
        finally
        {
            await _probes.StopAsync();
            await _kills.WaitAsync();
        }
    }

    public void Dispose()
    {
        _alarm.Dispose();
        _starting.Dispose();
    }

    // True when the work is over.
    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        var pod = new PodView(Tree);
        try
        {
            return await TurnAsync(pod, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One pod's trouble, whatever it is, must not end the work on it: it is looked at again.
            LogTurnFailed(failure, pod.Namespace, pod.Name);
            WakeAt(_parts.Time.GetUtcNow() + TimeSpan.FromSeconds(2));
            return false;
        }
    }

    private async Task<bool> TurnAsync(PodView pod, CancellationToken cancellationToken)
    {
        if (_retriesNow)
        {
            (_retriesNow, _sandboxFailure) = (false, _sandboxFailure is { Reason: "FailedMount" } ? null : _sandboxFailure);
        }

        CheckDeadline(pod);
        var sight = See(pod);
        var plan = PodDecision.Decide(sight);
        if (_gone || plan.Ends)
        {
            return await EndAsync(sight, plan, cancellationToken);
        }

        foreach (var kill in plan.Kills)
        {
            _kills.Begin(pod, kill.Container, GraceOf(pod, kill.Container), $"Container {kill.Container.Name} {kill.Why}, will be restarted", cancellationToken);
        }

        if (plan.MakeSandbox is { } attempt && plan.Kills.IsEmpty)
        {
            await MakeSandboxAsync(sight, attempt, cancellationToken);
            sight = See(pod);
            plan = PodDecision.Decide(sight);
        }

        if (!plan.Starts.IsEmpty)
        {
            await StartAsync(sight, plan, cancellationToken);
        }

        sight = See(pod);
        await _resizes.FollowAsync(sight, cancellationToken);
        _probes.Follow(sight);
        sight = See(pod);
        plan = PodDecision.Decide(sight);
        var written = await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
        var resync = sight.Now + (written ? _parts.Options.Resync : TimeSpan.FromSeconds(1));
        var shown = _failures.Values.Where(one => one.Reason == "ErrImagePull" && one.At + StartFailure.Shown > sight.Now).Select(static one => one.At + StartFailure.Shown).DefaultIfEmpty(resync).Min();
        resync = shown < resync ? shown : resync;
        WakeAt(plan.WakeAt is { } at && at < resync ? at : resync);
        if (!plan.Starts.IsEmpty || plan.MakeSandbox is not null || plan.Ends)
        {
            Wake();
        }

        await RefreshVolumesAsync(sight, cancellationToken);
        return false;
    }

    private PodSight See(PodView pod) => new()
    {
        Pod = pod,
        Containers = _parts.Table.Of(pod.Uid),
        Probes = _probes.Verdicts,
        Failures = SeenFailures(pod),
        SandboxFailure = _sandboxFailure,
        End = _end,
        Now = _parts.Time.GetUtcNow(),
        InitialBackOff = _parts.Options.InitialBackOff,
        MaxBackOff = _parts.Options.MaxBackOff,
    };

    private ImmutableDictionary<string, StartFailure> SeenFailures(PodView pod)
    {
        var (now, seen) = (_parts.Time.GetUtcNow(), ImmutableDictionary.CreateBuilder<string, StartFailure>(StringComparer.Ordinal));
        foreach (var (name, failure) in _failures)
        {
            seen[name] = pod.Member(name) is { } member ? failure.SeenAt(now, member.Image) : failure;
        }

        return seen.ToImmutable();
    }

    private void CheckDeadline(PodView pod)
    {
        if (pod.Spec.Integer("activeDeadlineSeconds") is { } seconds && pod.Status.Time("startTime") is { } start && _end is null && !pod.IsTerminal)
        {
            var end = start + TimeSpan.FromSeconds(seconds);
            if (_parts.Time.GetUtcNow() >= end)
            {
                _end = new PodEnd("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
                _parts.Events.Pod(pod, false, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            }
        }
    }

    private async Task MakeSandboxAsync(PodSight sight, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await _parts.Actions.MakeSandboxAsync(sight.Pod, attempt, sight.Containers, cancellationToken);
            _sandboxFailure = null;
        }
        catch (ConfigFailure failure)
        {
            _sandboxFailure = Count(_sandboxFailure, failure, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));
        }
    }

    private async Task StartAsync(PodSight sight, PodPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Starts.Any(start => _parts.NeedsPull(start.Member)))
        {
            await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
        }

        if (_starting.IsCancellationRequested)
        {
            return;
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(_starting.Token, cancellationToken);
        foreach (var start in plan.Starts)
        {
            try
            {
                await _parts.Actions.StartAsync(sight.Pod, start, sight.Sandbox!, sight.Containers, both.Token);
                _failures.Remove(start.Member.Name);
            }
            catch (ConfigFailure failure)
            {
                Note(sight.Pod, start.Member, failure);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The pod was deleted meanwhile: the next turn ends it.
                Wake();
                return;
            }
        }
    }

    private void Note(PodView pod, PodMember member, ConfigFailure failure)
    {
        var before = _failures.GetValueOrDefault(member.Name);
        if (failure.Reason == "ErrImagePull")
        {
            _parts.Events.Container(pod, member, true, "Failed", "Error: ErrImagePull");
        }

        _failures[member.Name] = failure.Reason switch
        {
            "ErrImagePull" => Count(before, failure, _parts.Options.InitialBackOff, _parts.Options.MaxBackOff),
            "RunContainerError" or "PostStartHookError" => Count(null, failure, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            _ => Count(before, failure, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)),
        };
    }

    private StartFailure Count(StartFailure? before, ConfigFailure failure, TimeSpan first, TimeSpan most)
    {
        var count = before is null ? 1 : before.Count + 1;
        var wait = TimeSpan.FromTicks(Math.Min(first.Ticks << Math.Min(count - 1, 16), most.Ticks));
        var now = _parts.Time.GetUtcNow();
        return new StartFailure(failure.Reason, failure.Message, now + wait, count, now);
    }

    private async Task RefreshVolumesAsync(PodSight sight, CancellationToken cancellationToken)
    {
        if (sight.Sandbox is not { IsLive: true })
        {
            return;
        }

        try
        {
            await _parts.Volumes.RefreshAsync(sight.Pod, new PodAddresses(PodStatus.AddressesOf(sight, _parts.Identity.Addresses), _parts.Identity.Addresses), cancellationToken);
        }
        catch (Exception failure) when (failure is NaruException or IOException)
        {
            // What it was made of is gone for now: the files stay as they are.
            LogNotRefreshed(sight.Pod.Namespace, sight.Pod.Name, failure.Message);
        }
    }

    private void WakeAt(DateTimeOffset at)
    {
        var wait = at - _parts.Time.GetUtcNow();
        _alarm.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan GraceOf(PodView pod, PodContainer container)
    {
        var member = pod.Member(container.Name)?.Spec;
        var own = member?.Integer("livenessProbe", "terminationGracePeriodSeconds") ?? member?.Integer("startupProbe", "terminationGracePeriodSeconds");
        return own is { } seconds ? TimeSpan.FromSeconds(seconds) : pod.Grace;
    }

    [LoggerMessage(17022, LogLevel.Error, "Pod {Namespace}/{Pod} could not be worked on")]
    private partial void LogTurnFailed(Exception failure, string @namespace, string pod);

    [LoggerMessage(17023, LogLevel.Debug, "Volumes of pod {Namespace}/{Pod} stay as they are: {Problem}")]
    private partial void LogNotRefreshed(string @namespace, string pod, string problem);
}

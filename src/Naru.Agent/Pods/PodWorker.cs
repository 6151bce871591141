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
    private readonly LastWords _words;
    private readonly BackOffEvents _waits;
    private readonly Dictionary<string, StartFailure> _failures = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private CancellationTokenSource _starting = new();
    private StartFailure? _sandboxFailure;
    private PodEnd? _end;
    private MapValue _tree;
    private bool _asked;
    private volatile bool _gone;
    private volatile bool _retriesNow;

    public PodWorker(MapValue tree, WorkerParts parts)
    {
        (_tree, _parts, _logger) = (tree, parts, parts.Logger);
        _alarm = parts.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _kills = new PodKills(parts.Containers, parts.Hooks, parts.Events, parts.Time, Wake);
        _probes = parts.NewProbes(Wake);
        _resizes = new PodResizes(parts.Containers, parts.Usage, parts.Actions, parts.Admission);
        _words = new LastWords(parts.Logs);
        _waits = new BackOffEvents(parts.Events);
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

    /// <summary>The node ends it, or has ended it, for want of room.</summary>
    public bool IsEvicted => (Volatile.Read(ref _end)?.Reason ?? Tree.Text("status", "reason")) == "Evicted";

    /// <summary>It asked for resources that others have.</summary>
    public bool WaitsForRoom => _resizes.IsDeferred;

    /// <summary>It has to end before its time. False if it ends already.</summary>
    public bool End(PodEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
        {
            return false;
        }

        _starting.Cancel();
        Wake();
        return true;
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
            return await TurnAsync(_gone || pod.IsDeleted || pod.IsTerminal ? pod : _resizes.Grant(pod), cancellationToken);
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
        await _words.LearnAsync(See(pod), cancellationToken);
        var sight = See(pod);
        Admit(sight);
        sight = See(pod);
        var plan = PodDecision.Decide(sight);
        if (_gone || plan.Ends)
        {
            return await EndAsync(sight, plan, cancellationToken);
        }

        foreach (var kill in plan.Kills)
        {
            var message = kill.IsForHealth ? $"Container {kill.Container.Name} {kill.Why}, will be restarted" : $"Stopping container {kill.Container.Name}";
            _kills.Begin(pod, kill.Container, GraceOf(pod, kill), message, cancellationToken);
        }

        if (sight.Sandbox is { IsLive: false } && (!plan.Kills.IsEmpty || plan.MakeSandbox is not null))
        {
            _parts.Events.Pod(pod, false, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
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
        foreach (var kill in await _resizes.FollowAsync(sight, cancellationToken))
        {
            _kills.Begin(pod, kill.Container, pod.Grace, $"Container {kill.Container.Name} {kill.Why}", cancellationToken);
        }

        _probes.Follow(sight);
        sight = See(pod);
        plan = PodDecision.Decide(sight);
        _waits.Tell(sight);
        var written = await _parts.Writer.WriteAsync(sight, plan, cancellationToken);
        WakeAt(NextLook(sight, plan, written));
        if (!plan.Starts.IsEmpty || plan.MakeSandbox is not null || plan.Ends)
        {
            Wake();
        }

        await RefreshVolumesAsync(sight, cancellationToken);
        return false;
    }

    // When it is to be looked at again though nothing happened.
    private DateTimeOffset NextLook(PodSight sight, PodPlan plan, bool written)
    {
        var next = sight.Now + (written ? _parts.Options.Resync : TimeSpan.FromSeconds(1));
        var others = _failures.Values.Where(one => one.Reason == "ErrImagePull" && one.At + StartFailure.Shown > sight.Now).Select(static one => (DateTimeOffset?)(one.At + StartFailure.Shown));
        foreach (var other in others.Append(plan.WakeAt).Append(sight.Pod.Deadline))
        {
            next = other is { } at && at < next ? at : next;
        }

        return next;
    }

    private PodSight See(PodView pod) => new()
    {
        Pod = pod,
        Containers = [.. _parts.Table.Of(pod.Uid).Select(_words.Add)],
        Probes = _probes.Verdicts,
        Failures = SeenFailures(pod),
        SandboxFailure = _sandboxFailure,
        End = _end,
        Resize = _resizes.Sight,
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
        if (pod.Deadline is { } end && _end is null && !pod.IsTerminal && _parts.Time.GetUtcNow() >= end)
        {
            _end = new PodEnd("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            _parts.Events.Pod(pod, false, _end.Reason, _end.Message);
        }
    }

    // Once, before anything of it is made here.
    private void Admit(PodSight sight)
    {
        if (_asked)
        {
            return;
        }

        _asked = true;
        var pod = sight.Pod;
        if (_gone || pod.IsTerminal || pod.IsDeleted || pod.Status.Has("startTime") || sight.Containers.Length > 0)
        {
            _parts.Admission.Keep(pod.Uid);
        }
        else if (_parts.Admission.Admit(pod) is { } refusal)
        {
            _end = refusal with { Message = $"Pod was rejected: {refusal.Message}", IsRefusal = true };
            _parts.Events.Pod(pod, true, refusal.Reason, refusal.Message);
        }
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

    // The probe that condemned it may give it another time than its pod.
    private static TimeSpan GraceOf(PodView pod, PodKill kill)
    {
        var probe = kill.Why.Contains("startup", StringComparison.Ordinal) ? "startupProbe" : "livenessProbe";
        return kill.IsForHealth && pod.Member(kill.Container.Name)?.Spec.Integer(probe, "terminationGracePeriodSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : pod.Grace;
    }

    [LoggerMessage(17022, LogLevel.Error, "Pod {Namespace}/{Pod} could not be worked on")]
    private partial void LogTurnFailed(Exception failure, string @namespace, string pod);

    [LoggerMessage(17023, LogLevel.Debug, "Volumes of pod {Namespace}/{Pod} stay as they are: {Problem}")]
    private partial void LogNotRefreshed(string @namespace, string pod, string problem);
}

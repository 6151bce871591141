using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Agent.Pods;

/// <summary>Everything that a decision about a pod rests on, at one moment.</summary>
internal sealed record PodSight
{
    public required PodView Pod { get; init; }

    /// <summary>Its sandboxes and containers, dead ones too.</summary>
    public ImmutableArray<PodContainer> Containers { get; init; } = [];

    /// <summary>What probes say, by container; who is missing has not been probed.</summary>
    public ImmutableDictionary<ContainerId, ProbeVerdict> Probes { get; init; } = ImmutableDictionary<ContainerId, ProbeVerdict>.Empty;

    /// <summary>Starts that failed before there was a container, by its name.</summary>
    public ImmutableDictionary<string, StartFailure> Failures { get; init; } = ImmutableDictionary<string, StartFailure>.Empty;

    /// <summary>Why the sandbox could not be made; null: nothing went wrong.</summary>
    public StartFailure? SandboxFailure { get; init; }

    /// <summary>Why it has to end before its time; null: it has not.</summary>
    public PodEnd? End { get; init; }

    /// <summary>How far a change of its resources has come.</summary>
    public ResizeSight Resize { get; init; } = ResizeSight.None;

    public required DateTimeOffset Now { get; init; }

    public TimeSpan InitialBackOff { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The newest sandbox, dead or alive.</summary>
    public PodContainer? Sandbox => Containers.Where(static one => one.IsSandbox).MaxBy(static one => one.Attempt);

    /// <summary>The newest container of a name.</summary>
    public PodContainer? Latest(string name) => Containers.Where(one => !one.IsSandbox && one.Name == name).MaxBy(static one => one.Attempt);

    /// <summary>The one before the newest.</summary>
    public PodContainer? Previous(string name) => Latest(name) is { } latest
        ? Containers.Where(one => !one.IsSandbox && one.Name == name && one.Attempt < latest.Attempt).MaxBy(static one => one.Attempt)
        : null;

    /// <summary>Its run is over because a container asked for all of the pod to be started again since.</summary>
    public bool IsStale(PodContainer container) => Renewed is { } at && (container.Engine.Status.StartedAt ?? container.Engine.Created) < at;

    // When that was asked last; null: never.
    private DateTimeOffset? Renewed => Containers
        .Where(one => !one.IsSandbox && Pod.Member(one.Name) is { Kind: not MemberKind.Ephemeral } member && RestartRules.RestartsAll(member, one))
        .Max(static one => one.Engine.Status.FinishedAt);

    /// <summary>What the probes say of a container: without a word from them it has started and is ready if it has none of that kind.</summary>
    public ProbeVerdict VerdictOn(PodMember member, PodContainer container)
    {
        if (!container.IsLive)
        {
            return new ProbeVerdict(false, false);
        }

        var known = Probes.GetValueOrDefault(container.Id);
        var started = known?.Started ?? !member.Spec.Has("startupProbe");
        return new ProbeVerdict(started, started && (!member.Spec.Has("readinessProbe") || known?.Ready == true), known?.Kill);
    }

    /// <summary>When a container that ended may start again.</summary>
    public DateTimeOffset RestartAt(PodContainer ended)
    {
        var status = ended.Engine.Status;
        var finished = status.FinishedAt ?? ended.Engine.Created;
        return finished + BackOff(ended.Attempt, status.StartedAt is { } started ? finished - started : TimeSpan.Zero);
    }

    /// <summary>When a sandbox may follow one that ended: at once, unless it ended at once too.</summary>
    public DateTimeOffset SandboxAt(PodContainer ended)
    {
        var status = ended.Engine.Status;
        var finished = status.FinishedAt ?? ended.Engine.Created;
        return finished - (status.StartedAt ?? finished) < TimeSpan.FromSeconds(10) ? finished + (BackOff(ended.Attempt, TimeSpan.Zero) / 10) : finished;
    }

    /// <summary>Wait before the start after the given attempt: none after the first, then doubled up to the longest. A long life forgives.</summary>
    public TimeSpan BackOff(int attempt, TimeSpan lasted) =>
        attempt == 0 || lasted >= 2 * MaxBackOff ? TimeSpan.Zero
        : attempt > 16 ? MaxBackOff
        : TimeSpan.FromTicks(Math.Min(InitialBackOff.Ticks << (attempt - 1), MaxBackOff.Ticks));
}

/// <summary>What probes say of a container.</summary>
/// <param name="Started">Its startup probe succeeded, or it has none.</param>
/// <param name="Ready">Its readiness probe succeeds.</param>
/// <param name="Kill">Why it has to be killed and started anew; null: it has not.</param>
internal sealed record ProbeVerdict(bool Started, bool Ready, string? Kill = null);

/// <summary>Why something could not be started, and when that is tried again.</summary>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Until">When it is tried again.</param>
/// <param name="Count">How often it failed.</param>
/// <param name="At">When it failed last.</param>
internal sealed record StartFailure(string Reason, string Message, DateTimeOffset Until, int Count = 1, DateTimeOffset At = default)
{
    /// <summary>A failed pull is told as such for a moment, then as the wait for the next one.</summary>
    public static readonly TimeSpan Shown = TimeSpan.FromSeconds(1);

    /// <summary>What is to be said of it now.</summary>
    public StartFailure SeenAt(DateTimeOffset now, string image) => Reason == "ErrImagePull" && now >= At + Shown
        ? this with { Reason = "ImagePullBackOff", Message = $"Back-off pulling image \"{image}\": ErrImagePull: {Message}" }
        : this;
}

/// <summary>Why a pod has to end before its time.</summary>
/// <param name="Reason">Reason of its status.</param>
/// <param name="Message">Message of its status.</param>
/// <param name="IsDisruption">The node ends it for its own sake: whoever counts failures of pods may leave it out.</param>
/// <param name="Grace">Longest time it gets; null: its own.</param>
/// <param name="IsRefusal">It was never let in: there is nothing to say of its containers.</param>
internal sealed record PodEnd(string Reason, string Message, bool IsDisruption = false, TimeSpan? Grace = null, bool IsRefusal = false);

using System.Collections.Immutable;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Decides what is to be done about a pod. Pure: the same sight gives the same plan.</summary>
internal static class PodDecision
{
    public static PodPlan Decide(PodSight sight)
    {
        var pod = sight.Pod;
        if (pod.IsTerminal || pod.IsDeleted || sight.End is not null)
        {
            return new PodPlan { Ends = true, Outcome = sight.End is null ? "" : "Failed" };
        }

        if (Outcome(sight) is { Length: > 0 } outcome)
        {
            return new PodPlan { Ends = true, Outcome = outcome };
        }

        var sandbox = sight.Sandbox;
        if (sandbox is not { IsLive: true })
        {
            return WithoutSandbox(sight, sandbox);
        }

        var turn = new Turn(sight, sandbox);
        turn.Take();
        return turn.Plan();
    }

    /// <summary>The phase that the pod has ended with; empty while something runs or is still to run.</summary>
    public static string Outcome(PodSight sight)
    {
        var pod = sight.Pod;
        foreach (var member in pod.Members.Where(static one => one.Kind == MemberKind.Init))
        {
            if (sight.Latest(member.Name) is { HasEnded: true, Succeeded: false } ended && !sight.IsStale(ended) && !RunsAgain(pod, member, ended))
            {
                return "Failed";
            }
        }

        var main = pod.Members.Where(static one => one.Kind == MemberKind.Main).ToList();
        if (!main.TrueForAll(member => sight.Latest(member.Name) is { HasEnded: true } ended && !sight.IsStale(ended) && !RunsAgain(pod, member, ended)))
        {
            return "";
        }

        return main.TrueForAll(member => sight.Latest(member.Name)!.Succeeded) ? "Succeeded" : "Failed";
    }

    /// <summary>A container that ended is to be started again.</summary>
    public static bool RunsAgain(PodView pod, PodMember member, PodContainer ended) => RestartRules.Restarts(member, ended) || member.RestartPolicyIn(pod) switch
    {
        "Never" => false,
        "OnFailure" => !ended.Succeeded,
        _ => true,
    };

    private static PodPlan WithoutSandbox(PodSight sight, PodContainer? dead)
    {
        // What still lives has lost its network: it goes with the sandbox.
        var kills = sight.Containers.Where(static one => one is { IsLive: true, IsSandbox: false }).Select(static one => new PodKill(one, "its sandbox ended")).ToImmutableArray();
        var notBefore = sight.SandboxFailure?.Until ?? DateTimeOffset.MinValue;
        if (dead is not null && sight.SandboxAt(dead) is var at && at > notBefore)
        {
            notBefore = at;
        }

        if (notBefore > sight.Now)
        {
            return new PodPlan { Kills = kills, WakeAt = notBefore };
        }

        return new PodPlan { Kills = kills, MakeSandbox = dead is null ? 0 : dead.Engine.Status.Phase == Core.Containers.ContainerPhase.Created ? dead.Attempt : dead.Attempt + 1 };
    }

    private sealed class Turn(PodSight sight, PodContainer sandbox)
    {
        private readonly List<PodStart> _starts = [];
        private readonly List<PodKill> _kills = [];
        private DateTimeOffset? _wakeAt;

        public PodPlan Plan() => new() { Starts = [.. _starts], Kills = [.. _kills], WakeAt = _wakeAt };

        public void Take()
        {
            var members = sight.Pod.Members.ToList();
            if (EndStale() || !TakeInit(members))
            {
                return;
            }

            foreach (var member in members.Where(static one => one.Kind is MemberKind.Main or MemberKind.Ephemeral))
            {
                Keep(member);
            }
        }

        // True while something of an earlier run lives, which all of the pod is to follow.
        private bool EndStale()
        {
            foreach (var container in sight.Containers.Where(one => one is { IsLive: true, IsSandbox: false } && sight.IsStale(one) && sight.Pod.Member(one.Name)?.Kind != MemberKind.Ephemeral))
            {
                _kills.Add(new PodKill(container, "all containers are started again"));
            }

            return _kills.Count > 0;
        }

        // True when everything that comes before the main containers has been done.
        private bool TakeInit(List<PodMember> members)
        {
            // Once a main container was made for this sandbox the start is over: an init container that was cleaned away does not run again.
            var begun = members.Any(member => member.Kind == MemberKind.Main && OfThisSandbox(member) is not null);
            foreach (var member in members.Where(static one => one.Kind is MemberKind.Init or MemberKind.Sidecar))
            {
                var latest = OfThisSandbox(member);
                if (member.Kind == MemberKind.Sidecar)
                {
                    Keep(member);
                    if (!begun && !(latest is { IsLive: true } && sight.VerdictOn(member, latest).Started))
                    {
                        return false;
                    }
                }
                else if (!begun && latest is not { Succeeded: true })
                {
                    Keep(member);
                    return false;
                }
            }

            return true;
        }

        private PodContainer? OfThisSandbox(PodMember member) => sight.Latest(member.Name) is { } latest && latest.Sandbox == sandbox.Id.Value && !sight.IsStale(latest) ? latest : null;

        /// <summary>Starts a container that is not there or is to run again; kills one that its probes condemn.</summary>
        private void Keep(PodMember member)
        {
            var latest = sight.Latest(member.Name);
            if (latest is { IsLive: true })
            {
                if (sight.VerdictOn(member, latest).Kill is { } why)
                {
                    _kills.Add(new PodKill(latest, why, true));
                }

                return;
            }

            var ended = latest is { HasEnded: true };
            var inThisSandbox = latest?.Sandbox == sandbox.Id.Value;
            var stale = ended && sight.IsStale(latest!);
            if (ended && !stale && (inThisSandbox || member.Kind != MemberKind.Init) && !RunsAgain(sight.Pod, member, latest!))
            {
                return;
            }

            var notBefore = ended && inThisSandbox && (!stale || RestartRules.RestartsAll(member, latest!)) ? sight.RestartAt(latest!) : DateTimeOffset.MinValue;
            if (sight.Failures.TryGetValue(member.Name, out var failure) && failure.Until > notBefore)
            {
                notBefore = failure.Until;
            }

            if (notBefore > sight.Now)
            {
                _wakeAt = _wakeAt is { } earlier && earlier < notBefore ? earlier : notBefore;
                return;
            }

            _starts.Add(new PodStart(member, latest is null ? AfterTold(member) : ended ? latest.Attempt + 1 : latest.Attempt));
        }

        // Somebody removed the container (docker rm, docker container prune): what the status says of it counts on.
        private int AfterTold(PodMember member)
        {
            var told = sight.Pod.Status.Maps("containerStatuses").Concat(sight.Pod.Status.Maps("initContainerStatuses")).FirstOrDefault(one => one.Text("name") == member.Name);
            var ran = told is not null && (told.Text("containerID") is { Length: > 0 } || told.Map("lastState")?.Has("terminated") == true);
            return ran ? (int)(told!.Integer("restartCount") ?? 0) + 1 : 0;
        }
    }
}

using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>What a pod's status says of its containers. Pure.</summary>
internal static class ContainerStatuses
{
    /// <summary>Scheme of container ids in statuses.</summary>
    public const string Scheme = "naru://";

    private const int StartErrorCode = 128;

    /// <summary>Status of a container.</summary>
    /// <param name="sight">What is.</param>
    /// <param name="member">The container.</param>
    /// <param name="before">What its status said last; null: nothing.</param>
    /// <param name="ends">The pod ends: what was not started will not be.</param>
    public static MapValue Of(PodSight sight, PodMember member, MapValue? before, bool ends)
    {
        var latest = sight.Latest(member.Name);
        var verdict = latest is null ? new ProbeVerdict(false, false) : sight.VerdictOn(member, latest);
        var status = new MapValue
        {
            { "name", member.Name },
            { "state", StateOf(sight, member, latest, before, ends, out var last) },
            { "lastState", last ?? LastOf(sight, member, before) },
            { "ready", member.Kind == MemberKind.Init ? latest is { Succeeded: true } || Known(sight, member, latest, before, ends)?.Integer("exitCode") == 0 : latest is { IsLive: true } && verdict.Ready },
            { "restartCount", (long)(latest?.Attempt ?? (int)(before?.Integer("restartCount") ?? 0)) },
            { "image", latest is null ? before?.Text("image") ?? member.Image : member.Image },
            { "imageID", latest is null ? before?.Text("imageID") ?? "" : ImageId(latest) },
            { "started", latest is { IsLive: true } && verdict.Started },
        };
        if ((latest is null ? before?.Text("containerID") : Scheme + latest.Id.Value) is { Length: > 0 } id)
        {
            status["containerID"] = new TextValue(id);
        }

        ContainerFacts.Add(status, member, latest, before);
        AddResources(status, sight, member, latest, before);
        return status;
    }

    /// <summary>A run that has ended.</summary>
    public static MapValue Terminated(PodContainer container, MapValue? said = null)
    {
        var status = container.Engine.Status;
        var ran = status.StartedAt is not null;
        var message = container.Message ?? (status.Error.Length > 0 ? status.Error : null);
        var state = new MapValue
        {
            { "exitCode", (long)(ran ? status.ExitCode : StartErrorCode) },
            { "reason", !ran ? "StartError" : status.OomKilled ? "OOMKilled" : status.ExitCode == 0 ? "Completed" : "Error" },
            { "startedAt", AgentTime.Format(status.StartedAt ?? DateTimeOffset.UnixEpoch) },
            { "finishedAt", AgentTime.Format(status.FinishedAt ?? container.Engine.Created) },
            { "containerID", Scheme + container.Id.Value },
        };
        message ??= said?.Text("containerID") == Scheme + container.Id.Value ? said.Text("message") : null;
        if (!string.IsNullOrEmpty(message))
        {
            state["message"] = new TextValue(message);
        }

        return state;
    }

    private static MapValue StateOf(PodSight sight, PodMember member, PodContainer? latest, MapValue? before, bool ends, out MapValue? last)
    {
        last = null;
        if (latest is { IsLive: true })
        {
            return new() { { "running", new MapValue { { "startedAt", AgentTime.Format(latest.Engine.Status.StartedAt ?? sight.Now) } } } };
        }

        if (latest is { HasEnded: true })
        {
            var ended = new MapValue { { "terminated", Terminated(latest, before?.Map("state", "terminated") ?? before?.Map("lastState", "terminated")) } };
            if (ends || !PodDecision.RunsAgain(sight.Pod, member, latest))
            {
                return ended;
            }

            if (WaitingToRestart(sight, member, latest) is { } waiting)
            {
                last = ended;
                return Waiting(waiting.Reason, waiting.Message);
            }

            return ended;
        }

        if (Known(sight, member, latest, before, ends) is { } known)
        {
            return new() { { "terminated", known.Clone() } };
        }

        if (sight.Failures.TryGetValue(member.Name, out var failure))
        {
            return Waiting(failure.Reason, failure.Message);
        }

        return Waiting(sight.Pod.Members.Any(static one => one.Kind is MemberKind.Init or MemberKind.Sidecar) ? "PodInitializing" : "ContainerCreating", "");
    }

    // The end of a container that somebody removed since (docker container prune) and that does not run again.
    private static MapValue? Known(PodSight sight, PodMember member, PodContainer? latest, MapValue? before, bool ends) =>
        latest is null && before?.Map("state", "terminated") is { } known && (ends || sight.Pod.IsTerminal || (member.Kind == MemberKind.Init && known.Integer("exitCode") == 0)) ? known : null;

    private static StartFailure? WaitingToRestart(PodSight sight, PodMember member, PodContainer ended)
    {
        if (sight.Failures.TryGetValue(member.Name, out var failure) && failure.Until > sight.Now)
        {
            return failure;
        }

        var at = sight.RestartAt(ended);
        if (at <= sight.Now)
        {
            return null;
        }

        var wait = at - (ended.Engine.Status.FinishedAt ?? ended.Engine.Created);
        return new StartFailure("CrashLoopBackOff", $"back-off {DurationText(wait)} restarting failed container={member.Name} pod={sight.Pod.LogName}", at);
    }

    /// <summary>A time as Go prints it: 10s, 1m20s, 5m0s.</summary>
    public static string DurationText(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? $"{(int)time.TotalSeconds}s" : $"{(int)time.TotalMinutes}m{time.Seconds}s";

    private static MapValue LastOf(PodSight sight, PodMember member, MapValue? before)
    {
        if (sight.Previous(member.Name) is { HasEnded: true } previous)
        {
            return new() { { "terminated", Terminated(previous, before?.Map("lastState", "terminated") ?? before?.Map("state", "terminated")) } };
        }

        return before?.Map("lastState")?.CloneMap() ?? [];
    }

    private static MapValue Waiting(string reason, string message)
    {
        var waiting = new MapValue { { "reason", reason } };
        if (message.Length > 0)
        {
            waiting["message"] = new TextValue(message);
        }

        return new() { { "waiting", waiting } };
    }

    private static string ImageId(PodContainer container) =>
        container.Engine.ImageManifest is { } manifest && !container.Engine.Spec.Image.StartsWith("sha256:", StringComparison.Ordinal)
            ? $"{Core.Images.ImageReference.Parse(container.Engine.Spec.Image) switch { var name => $"{name.Registry}/{name.Repository}" }}@{manifest.Value}"
            : container.Engine.ImageId.Value;

    private static void AddResources(MapValue status, PodSight sight, PodMember member, PodContainer? latest, MapValue? before)
    {
        if (latest is not { IsLive: true })
        {
            return;
        }

        var resources = sight.Resize.Granted.GetValueOrDefault(member.Name) ?? member.Spec.Map("resources") ?? [];
        if (resources.Map("requests") is { } requests)
        {
            status["allocatedResources"] = requests.Clone();
        }

        // What could not be set yet is not what it has.
        status["resources"] = (sight.Resize.Open.Contains(member.Name) ? before?.Map("resources") ?? resources : resources).Clone();
    }
}

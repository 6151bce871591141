using System.Globalization;
using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>What a pod looks like from afar.</summary>
internal sealed class PodLook
{
    private readonly HashSet<string> _staying;
    private long _stayingRestarts;
    private string? _stayingLast;

    /// <summary>Looks at a pod.</summary>
    public PodLook(MapValue body)
    {
        var spec = body.Under("spec");
        var status = body.Under("status");
        _staying = spec.Entries("initContainers").Where(static one => one.Entry.Str("restartPolicy") == "Always").Select(static one => one.Entry.Str("name")).ToHashSet();
        Total = spec.CountOf("containers") + _staying.Count;
        Reason = status.Str("reason") is { Length: > 0 } reason ? reason : status.Str("phase");
        if (status.Entries("conditions").Any(static one => one.Entry.Str("type") == "PodScheduled" && one.Entry.Str("reason") == "SchedulingGated"))
        {
            Reason = "SchedulingGated";
        }

        var initializing = LookAtInit(spec, status);
        if (!initializing || Condition(status, "Initialized"))
        {
            LookAtContainers(status);
        }

        if (body.Under("metadata").Has("deletionTimestamp"))
        {
            Reason = status.Str("reason") == "NodeLost" ? "Unknown" : status.Str("phase") is "Failed" or "Succeeded" ? Reason : "Terminating";
        }
    }

    /// <summary>How many containers are ready.</summary>
    public int Ready { get; private set; }

    /// <summary>How many containers there should be.</summary>
    public int Total { get; }

    /// <summary>One word for its state.</summary>
    public string Reason { get; private set; }

    /// <summary>How often containers were started again.</summary>
    public long Restarts { get; private set; }

    /// <summary>When one ended last; null if unknown.</summary>
    public string? LastRestart { get; private set; }

    private static bool Condition(MapValue status, string type) => status.Entries("conditions").Any(one => one.Entry.Str("type") == type && one.Entry.Str("status") == "True");

    private static string EndOf(MapValue ended) => ended.Str("reason") is { Length: > 0 } reason ? reason
        : ended.Int("signal") != 0 ? string.Create(CultureInfo.InvariantCulture, $"Signal:{ended.Int("signal")}")
        : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{ended.Int("exitCode")}");

    private static string? Later(string? one, string? other) => other is null || string.CompareOrdinal(one, other) > 0 ? one : other;

    private bool LookAtInit(MapValue spec, MapValue status)
    {
        foreach (var (index, container) in status.Entries("initContainerStatuses"))
        {
            var last = container.Text("lastState", "terminated", "finishedAt");
            Restarts += container.Int("restartCount");
            LastRestart = Later(LastRestart, last);
            var stays = _staying.Contains(container.Str("name"));
            if (stays)
            {
                _stayingRestarts += container.Int("restartCount");
                _stayingLast = Later(_stayingLast, last);
            }

            var ended = container.Map("state", "terminated");
            if (ended is not null && ended.Int("exitCode") == 0)
            {
                continue;
            }

            if (stays && container.Flag("started"))
            {
                Ready += container.Flag("ready") ? 1 : 0;
                continue;
            }

            var waiting = container.Map("state", "waiting")?.Str("reason") ?? "";
            Reason = ended is not null ? "Init:" + EndOf(ended)
                : waiting is not ("" or "PodInitializing") ? "Init:" + waiting
                : string.Create(CultureInfo.InvariantCulture, $"Init:{index}/{spec.CountOf("initContainers")}");
            return true;
        }

        return false;
    }

    private void LookAtContainers(MapValue status)
    {
        Restarts = _stayingRestarts;
        LastRestart = _stayingLast;
        var running = false;
        foreach (var (_, container) in status.Entries("containerStatuses").Reverse())
        {
            Restarts += container.Int("restartCount");
            LastRestart = Later(LastRestart, container.Text("lastState", "terminated", "finishedAt"));
            if (container.Map("state", "waiting")?.Str("reason") is { Length: > 0 } waiting)
            {
                Reason = waiting;
            }
            else if (container.Map("state", "terminated") is { } ended)
            {
                Reason = EndOf(ended);
            }
            else if (container.Flag("ready") && container.Map("state", "running") is not null)
            {
                running = true;
                Ready++;
            }
        }

        if (Reason == "Completed" && running)
        {
            Reason = Condition(status, "Ready") ? "Running" : "NotReady";
        }
    }
}

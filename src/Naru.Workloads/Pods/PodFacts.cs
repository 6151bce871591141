using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Workloads.Pods;

/// <summary>What controllers need to know of a pod, read when asked: a typed pod would cost a hundred times as much.</summary>
public readonly struct PodFacts(StoredObject stored)
{
    public StoredObject Stored => stored;

    public MapValue Tree => stored.Tree;

    public string Name => stored.Name;

    public string Uid => stored.Uid;

    public IReadOnlyDictionary<string, string> Labels => stored.Labels;

    public string Phase => stored.Field("status.phase");

    public string Node => stored.Field("spec.nodeName");

    public bool IsTerminating => stored.IsEnding;

    public bool IsFinished => Phase is "Succeeded" or "Failed";

    /// <summary>Neither ended nor being deleted.</summary>
    public bool IsActive => !IsFinished && !IsTerminating;

    public bool IsReady => ReadyCondition?.Text("status") == "True";

    public DateTimeOffset? ReadySince => IsReady ? ReadyCondition!.Time("lastTransitionTime") : null;

    public DateTimeOffset Created => Tree.Time("metadata", "creationTimestamp") ?? DateTimeOffset.MinValue;

    public long Restarts => Tree.Maps("status", "containerStatuses").Sum(static one => one.Integer("restartCount") ?? 0);

    private MapValue? ReadyCondition
    {
        get
        {
            if (Tree.List("status", "conditions") is { } list)
            {
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is MapValue condition && condition.Text("type") == "Ready")
                    {
                        return condition;
                    }
                }
            }

            return null;
        }
    }

    public string? Label(string name) => Labels.GetValueOrDefault(name);

    public string? Annotation(string name) => Tree.Map("metadata", "annotations")?.Text(name);

    /// <summary>Ready for at least so many seconds.</summary>
    public bool IsAvailable(int minReadySeconds, DateTimeOffset now) =>
        IsReady && (minReadySeconds == 0 || (ReadySince is { } since && since + TimeSpan.FromSeconds(minReadySeconds) <= now));

    /// <summary>When a ready pod will be available; null if it is, or is not ready.</summary>
    public TimeSpan? AvailableIn(int minReadySeconds, DateTimeOffset now) =>
        minReadySeconds > 0 && ReadySince is { } since && since + TimeSpan.FromSeconds(minReadySeconds) > now ? since + TimeSpan.FromSeconds(minReadySeconds) - now : null;
}

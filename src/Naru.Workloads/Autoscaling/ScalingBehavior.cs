using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Autoscaling;

/// <summary>A change of size that was made.</summary>
internal sealed record ScaleEvent(DateTimeOffset At, int Change);

/// <summary>What an autoscaler remembers between two looks.</summary>
internal sealed class ScaleMemory
{
    public List<(DateTimeOffset At, int Replicas)> Wishes { get; } = [];

    public List<ScaleEvent> Ups { get; } = [];

    public List<ScaleEvent> Downs { get; } = [];
}

/// <summary>How quickly a target may grow and shrink: stabilisation windows and policies. Pure but for the memory handed in.</summary>
internal static class ScalingBehavior
{
    public static (int Replicas, string Reason, string Message, bool IsLimited) Limit(
        MapValue spec, ScaleMemory memory, int current, int wished, int least, int most, TimeSpan downWindow, DateTimeOffset now)
    {
        var up = spec.Map("behavior", "scaleUp") ?? [];
        var down = spec.Map("behavior", "scaleDown") ?? [];
        var upWindow = TimeSpan.FromSeconds(up.Int(0, "stabilizationWindowSeconds"));
        var downTime = TimeSpan.FromSeconds(down.Int((int)downWindow.TotalSeconds, "stabilizationWindowSeconds"));
        var stable = Stabilize(memory, current, wished, upWindow, downTime, now);
        var (ready, reasonReady) = stable != wished ? (stable, stable > wished ? "ScaleDownStabilized" : "ScaleUpStabilized") : (wished, "ReadyForNewScale");
        var (limit, isUp) = (ready, ready > current);
        if (isUp)
        {
            limit = Math.Min(ready, Math.Min(most, Math.Max(current, UpLimit(up, memory, current, now))));
        }
        else if (ready < current)
        {
            limit = Math.Max(ready, Math.Max(least, Math.Min(current, DownLimit(down, memory, current, now))));
        }

        limit = Math.Clamp(limit, least, most);
        var (reason, message) = limit == ready ? ("DesiredWithinRange", "the desired count is within the acceptable range")
            : limit == most && ready > most ? ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
            : limit == least && ready < least ? ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
            : isUp ? ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
            : ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate");
        return (limit, limit == ready ? reasonReady : reason, message, limit != ready);
    }

    private static int Stabilize(ScaleMemory memory, int current, int wished, TimeSpan upWindow, TimeSpan downWindow, DateTimeOffset now)
    {
        var (upWish, downWish) = (wished, wished);
        foreach (var (at, replicas) in memory.Wishes)
        {
            upWish = at > now - upWindow ? Math.Min(upWish, replicas) : upWish;
            downWish = at > now - downWindow ? Math.Max(downWish, replicas) : downWish;
        }

        memory.Wishes.Add((now, wished));
        memory.Wishes.RemoveAll(one => one.At < now - (upWindow > downWindow ? upWindow : downWindow));
        return Math.Min(Math.Max(current, upWish), downWish);
    }

    private static int UpLimit(MapValue rules, ScaleMemory memory, int current, DateTimeOffset now) => Limit(rules, true, memory, current, now,
        [new MapValue { ["type"] = "Pods", ["value"] = 4, ["periodSeconds"] = 15 }, new MapValue { ["type"] = "Percent", ["value"] = 100, ["periodSeconds"] = 15 }]);

    private static int DownLimit(MapValue rules, ScaleMemory memory, int current, DateTimeOffset now) => Limit(rules, false, memory, current, now,
        [new MapValue { ["type"] = "Percent", ["value"] = 100, ["periodSeconds"] = 15 }]);

    private static int Limit(MapValue rules, bool isUp, ScaleMemory memory, int current, DateTimeOffset now, MapValue[] missing)
    {
        var select = rules.Text("selectPolicy") ?? "Max";
        if (select == "Disabled")
        {
            return current;
        }

        var policies = rules.Maps("policies").ToList();
        var limits = (policies.Count > 0 ? policies : [.. missing]).Select(policy => LimitOf(policy, isUp, memory, current, now));
        return isUp == (select == "Max") ? limits.Max() : limits.Min();
    }

    private static int LimitOf(MapValue policy, bool isUp, ScaleMemory memory, int current, DateTimeOffset now)
    {
        var since = now - TimeSpan.FromSeconds(policy.Int(15, "periodSeconds"));
        var ups = memory.Ups.Where(one => one.At > since).Sum(static one => one.Change);
        var downs = memory.Downs.Where(one => one.At > since).Sum(static one => one.Change);
        var start = current - ups + downs;
        var value = policy.Int(0, "value");
        return policy.Text("type") == "Pods" ? start + (isUp ? value : -value)
            : isUp ? (int)Math.Ceiling(start * (1 + (value / 100.0))) : (int)(start * (1 - (value / 100.0)));
    }
}

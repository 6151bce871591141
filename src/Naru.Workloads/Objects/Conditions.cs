using Naru.Controllers.Runtime;
using Naru.Objects.Values;

namespace Naru.Workloads.Objects;

/// <summary>A status' list of conditions.</summary>
internal static class Conditions
{
    public static MapValue? Find(MapValue? status, string type) => status?.Maps("conditions").FirstOrDefault(one => one.Text("type") == type);

    public static bool IsTrue(MapValue? status, string type) => Find(status, type)?.Text("status") == "True";

    /// <summary>Sets a condition: the time of transition moves when its status changes. Nothing happens when status, reason and message are as they were.</summary>
    /// <param name="status">The status that holds the list.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="now">The time.</param>
    /// <param name="extraTime">Another field that says when the condition was last written: <c>lastUpdateTime</c>, <c>lastProbeTime</c>.</param>
    public static void Set(MapValue status, Condition condition, DateTimeOffset now, string? extraTime = null)
    {
        var list = status.MakeList("conditions");
        var index = IndexOf(list, condition.Type);
        var old = index < 0 ? null : (MapValue)list[index];
        if (old is not null && old.Text("status") == condition.Status && (old.Text("reason") ?? "") == condition.Reason && (old.Text("message") ?? "") == condition.Message)
        {
            return;
        }

        var stamp = KubernetesTime.Format(now);
        var made = new MapValue(8) { ["type"] = condition.Type, ["status"] = condition.Status };
        if (condition.ObservedGeneration is { } generation)
        {
            made["observedGeneration"] = generation;
        }

        if (extraTime is not null)
        {
            made[extraTime] = stamp;
        }

        made["lastTransitionTime"] = old is not null && old.Text("status") == condition.Status ? old["lastTransitionTime"] ?? stamp : stamp;
        if (condition.Reason.Length > 0)
        {
            made["reason"] = condition.Reason;
        }

        if (condition.Message.Length > 0)
        {
            made["message"] = condition.Message;
        }

        if (index < 0)
        {
            list.Add(made);
        }
        else
        {
            list[index] = made;
        }
    }

    public static void Remove(MapValue status, string type)
    {
        if (status.List("conditions") is { } list)
        {
            list.RemoveAll(one => one is MapValue map && map.Text("type") == type);
            if (list.Count == 0)
            {
                status.Remove("conditions");
            }
        }
    }

    private static int IndexOf(ListValue list, string type)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is MapValue map && map.Text("type") == type)
            {
                return index;
            }
        }

        return -1;
    }
}

/// <summary>A condition as it is to be.</summary>
internal sealed record Condition(string Type, string Status, string Reason = "", string Message = "", long? ObservedGeneration = null);

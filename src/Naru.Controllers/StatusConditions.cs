using Naru.Controllers.Runtime;
using Naru.Objects.Values;

namespace Naru.Controllers;

/// <summary>A status' list of conditions.</summary>
internal static class StatusConditions
{
    /// <summary>Sets a condition: the time of transition moves when its truth changes. Nothing happens when it is as it was.</summary>
    public static void Set(MapValue status, string type, bool truth, string reason, string message, DateTimeOffset now)
    {
        var list = status.MakeList("conditions");
        var old = list.Maps().FirstOrDefault(one => one.Text("type") == type);
        var value = truth ? "True" : "False";
        if (old is null)
        {
            old = new MapValue(5) { ["type"] = type };
            list.Add(old);
        }

        if (old.Text("status") != value)
        {
            old["status"] = value;
            old["lastTransitionTime"] = KubernetesTime.Format(now);
        }

        old["reason"] = reason;
        old["message"] = message;
    }
}

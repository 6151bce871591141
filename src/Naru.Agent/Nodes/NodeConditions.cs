using Naru.Objects.Values;

namespace Naru.Agent.Nodes;

/// <summary>Something that is so or not so of a node.</summary>
internal sealed record NodeCondition(string Type, bool Holds, string Reason, string Message);

/// <summary>Conditions in a node's status. Those of others stay.</summary>
internal static class NodeConditions
{
    /// <summary>Sets them; heartbeats always, transitions where the answer changed. True if one says something else than before.</summary>
    public static bool Set(MapValue status, IEnumerable<NodeCondition> conditions, DateTimeOffset now)
    {
        var list = status.MakeList("conditions");
        var (time, changed) = (AgentTime.Format(now), false);
        foreach (var condition in conditions)
        {
            var there = list.Maps().FirstOrDefault(one => one.Text("type") == condition.Type);
            if (there is null)
            {
                list.Add(there = new MapValue { { "type", condition.Type } });
            }

            var holds = condition.Holds ? "True" : "False";
            if (there.Text("status") != holds)
            {
                there["lastTransitionTime"] = new TextValue(time);
                changed = true;
            }

            changed |= there.Text("reason") != condition.Reason || there.Text("message") != condition.Message;
            there["status"] = new TextValue(holds);
            there["lastHeartbeatTime"] = new TextValue(time);
            there["reason"] = new TextValue(condition.Reason);
            there["message"] = new TextValue(condition.Message);
        }

        return changed;
    }
}

using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>Conditions of a pod. Pure.</summary>
internal static class PodConditions
{
    /// <summary>Writes the agent's conditions into a status; those of others stay.</summary>
    public static void Set(MapValue status, PodSight sight, List<PodMember> members)
    {
        var phase = status.Text("phase") ?? "";
        var sandbox = sight.Sandbox is { IsLive: true };
        var list = status.MakeList("conditions");
        var ready = Containers(sight, members, phase);
        var now = AgentTime.Format(sight.Now);
        Put(list, "PodReadyToStartContainers", sandbox, null, null, now, sight);
        Put(list, "Initialized", Initialised(sight, members, phase, out var pending), pending is null ? phase == "Succeeded" ? "PodCompleted" : null : "ContainersNotInitialized", pending, now, sight);
        var open = Gates(sight.Pod, list, out var gates);
        Put(list, "Ready", ready.Holds && open, ready.Holds ? gates is null ? null : "ReadinessGatesNotReady" : ready.Reason, ready.Holds ? gates : ready.Message, now, sight);
        Put(list, "ContainersReady", ready.Holds, ready.Reason, ready.Message, now, sight);
        Put(list, "PodScheduled", true, null, null, now, sight);
        PutOrTake(list, "PodResizePending", sight.Resize.Pending, now, sight);
        PutOrTake(list, "PodResizeInProgress", sight.Resize.Error is { } error ? new PodEnd("Error", error) : sight.Resize.Open.IsEmpty ? null : new PodEnd("", ""), now, sight);
        if (sight.End is { IsDisruption: true } end)
        {
            Put(list, "DisruptionTarget", true, "TerminationByKubelet", end.Message, now, sight);
        }
    }

    private static void PutOrTake(ListValue list, string type, PodEnd? why, string now, PodSight sight)
    {
        if (why is null)
        {
            list.RemoveAll(one => one is MapValue map && map.Text("type") == type);
        }
        else
        {
            Put(list, type, true, why.Reason.Length > 0 ? why.Reason : null, why.Message.Length > 0 ? why.Message : null, now, sight);
        }
    }

    private static (bool Holds, string? Reason, string? Message) Containers(PodSight sight, List<PodMember> members, string phase)
    {
        if (phase == "Succeeded")
        {
            return (false, "PodCompleted", null);
        }

        if (phase == "Failed")
        {
            return (false, "PodFailed", null);
        }

        var counted = members.Where(static one => one.Kind is MemberKind.Main or MemberKind.Sidecar).ToList();
        var unready = counted.Where(one => sight.Latest(one.Name) is not { IsLive: true } live || !sight.VerdictOn(one, live).Ready).Select(static one => one.Name).ToList();
        return unready.Count == 0 && counted.Count > 0 ? (true, null, null) : (false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static bool Initialised(PodSight sight, List<PodMember> members, string phase, out string? message)
    {
        message = null;
        if (phase == "Succeeded")
        {
            return true;
        }

        var sandbox = sight.Sandbox;
        var begun = sandbox is { IsLive: true } && members.Any(one => one.Kind == MemberKind.Main && sight.Latest(one.Name) is { } latest && latest.Sandbox == sandbox.Id.Value && !sight.IsStale(latest));
        var incomplete = members
            .Where(one => one.Kind == MemberKind.Init ? !begun && sight.Latest(one.Name) is not { Succeeded: true }
                : one.Kind == MemberKind.Sidecar && !begun && !(sight.Latest(one.Name) is { IsLive: true } live && sight.VerdictOn(one, live).Started))
            .Select(static one => one.Name)
            .ToList();
        message = incomplete.Count == 0 ? null : $"containers with incomplete status: [{string.Join(' ', incomplete)}]";
        return incomplete.Count == 0;
    }

    private static bool Gates(PodView pod, ListValue conditions, out string? message)
    {
        foreach (var gate in pod.Spec.Maps("readinessGates"))
        {
            var type = gate.Text("conditionType") ?? "";
            var condition = conditions.Maps().FirstOrDefault(one => one.Text("type") == type);
            if (condition?.Text("status") != "True")
            {
                message = condition is null ? $"corresponding condition of pod readiness gate \"{type}\" does not exist." : $"the status of pod readiness gate \"{type}\" is not \"True\", but {condition.Text("status")}";
                return false;
            }
        }

        message = null;
        return true;
    }

    private static void Put(ListValue list, string type, bool holds, string? reason, string? message, string now, PodSight sight)
    {
        var there = list.Maps().FirstOrDefault(one => one.Text("type") == type);
        if (there is null)
        {
            list.Add(there = new MapValue { { "type", type } });
        }

        var status = holds ? "True" : "False";
        if (there.Text("status") != status)
        {
            there["lastTransitionTime"] = new TextValue(now);
        }

        there["status"] = new TextValue(status);
        there["reason"] = reason is null ? null : new TextValue(reason);
        there["message"] = message is null ? null : new TextValue(message);
        if (sight.Pod.Tree.Integer("metadata", "generation") is { } generation)
        {
            there["observedGeneration"] = IntegerValue.Of(generation);
        }
    }
}

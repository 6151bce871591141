using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>The status of a pod as its agent writes it. Pure.</summary>
internal static class PodStatus
{
    /// <summary>What the status is to be: what others wrote stays.</summary>
    /// <param name="sight">What is.</param>
    /// <param name="plan">What was decided on it.</param>
    /// <param name="before">The status that stands.</param>
    /// <param name="hostAddresses">Addresses of the node.</param>
    public static MapValue Build(PodSight sight, PodPlan plan, MapValue before, IReadOnlyList<string> hostAddresses)
    {
        var (pod, status) = (sight.Pod, before.CloneMap());
        if (sight.End is { IsRefusal: true } refusal)
        {
            return Refused(status, sight, refusal);
        }

        if (pod.IsTerminal && sight.Containers.IsEmpty && !before.Has("containerStatuses"))
        {
            // Refused by an earlier run.
            return status;
        }

        var members = pod.Members.ToList();
        SetStatuses(status, "initContainerStatuses", sight, plan, members.Where(static one => one.Kind is MemberKind.Init or MemberKind.Sidecar));
        SetStatuses(status, "containerStatuses", sight, plan, members.Where(static one => one.Kind == MemberKind.Main).OrderBy(static one => one.Name, StringComparer.Ordinal));
        SetStatuses(status, "ephemeralContainerStatuses", sight, plan, members.Where(static one => one.Kind == MemberKind.Ephemeral));
        status["phase"] = new TextValue(pod.IsTerminal ? pod.Phase : PhaseOf(sight, plan, members));
        if (sight.End is { } end)
        {
            status["reason"] = new TextValue(end.Reason);
            status["message"] = new TextValue(end.Message);
        }

        status.Default("startTime", new TextValue(AgentTime.Format(sight.Now)));
        if (hostAddresses.Count > 0)
        {
            status["hostIP"] = new TextValue(hostAddresses[0]);
            status["hostIPs"] = Addresses(hostAddresses);
        }

        SetPodAddresses(status, sight, hostAddresses);
        SetResources(status, pod);
        if (pod.Tree.Integer("metadata", "generation") is { } generation)
        {
            status["observedGeneration"] = IntegerValue.Of(generation);
        }

        PodConditions.Set(status, sight, members);
        return status;
    }

    private static MapValue Refused(MapValue status, PodSight sight, PodEnd refusal)
    {
        status["phase"] = new TextValue("Failed");
        status["reason"] = new TextValue(refusal.Reason);
        status["message"] = new TextValue(refusal.Message);
        status.Default("startTime", new TextValue(AgentTime.Format(sight.Now)));
        if (sight.Pod.Tree.Integer("metadata", "generation") is { } generation)
        {
            status["observedGeneration"] = IntegerValue.Of(generation);
        }

        return status;
    }

    /// <summary>The pod's addresses: those of its sandbox, or the host's.</summary>
    public static IReadOnlyList<string> AddressesOf(PodSight sight, IReadOnlyList<string> hostAddresses)
    {
        if (sight.Sandbox is not { IsLive: true } sandbox)
        {
            return [];
        }

        return sight.Pod.HostNetwork
            ? hostAddresses
            : Nodes.NodeIdentity.InOrder([.. sandbox.Engine.Status.Network.Endpoints.Values.SelectMany(static one => (string[])[one.IPv4Address, one.IPv6Address]).Where(static one => one.Length > 0)], hostAddresses);
    }

    /// <summary>Where the pod is reached from its host.</summary>
    public static string AddressOf(PodSight sight, IReadOnlyList<string> hostAddresses) => AddressesOf(sight, hostAddresses) is { Count: > 0 } addresses ? addresses[0] : "127.0.0.1";

    private static string PhaseOf(PodSight sight, PodPlan plan, List<PodMember> members)
    {
        if (plan.Ends)
        {
            var lives = sight.Containers.Any(static one => one is { IsLive: true, IsSandbox: false });
            var outcome = sight.End is not null ? "Failed" : PodDecision.Outcome(sight);
            if (!lives && outcome.Length > 0)
            {
                return outcome;
            }

            if (!lives && sight.Pod.IsDeleted)
            {
                // Cut short: whoever has not ended well has failed.
                return "Failed";
            }
        }

        var initialised = members.TrueForAll(one => one.Kind != MemberKind.Init || sight.Latest(one.Name) is { Succeeded: true } || Begun(sight, members));
        return initialised && Begun(sight, members) ? "Running" : sight.Pod.Phase == "Running" ? "Running" : "Pending";
    }

    // All main containers were started once, or wait for a further start.
    private static bool Begun(PodSight sight, List<PodMember> members) =>
        members.Where(static one => one.Kind == MemberKind.Main).All(one => sight.Latest(one.Name) is { } latest && (latest.IsLive || latest.HasEnded));

    private static void SetStatuses(MapValue status, string field, PodSight sight, PodPlan plan, IEnumerable<PodMember> members)
    {
        var before = status.Maps(field).ToList();
        var list = new ListValue(members.Select(member => ContainerStatuses.Of(sight, member, before.Find(one => one.Text("name") == member.Name), plan.Ends)));
        status[field] = list.Count > 0 ? list : null;
    }

    private static void SetPodAddresses(MapValue status, PodSight sight, IReadOnlyList<string> hostAddresses)
    {
        var addresses = AddressesOf(sight, hostAddresses);
        if (addresses.Count > 0)
        {
            status["podIP"] = new TextValue(addresses[0]);
            status["podIPs"] = Addresses(addresses);
        }
    }

    // Of the pod as a whole, where it asks for any.
    private static void SetResources(MapValue status, PodView pod)
    {
        if (pod.Spec.Map("resources") is { Count: > 0 } resources)
        {
            status["resources"] = resources.Clone();
            status["allocatedResources"] = resources.Map("requests")?.Clone();
        }
    }

    private static ListValue Addresses(IReadOnlyList<string> addresses) => new(addresses.Select(static one => new MapValue { { "ip", one } }));
}

using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Core.Hosts;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Admission;

/// <summary>Looks once at each pod that comes to this node: may it run here? Whoever binds pods should know; this node says no where they did not.</summary>
internal sealed class NodeAdmission(IObjects objects, IHost host, NodeIdentity identity, AgentOptions options, NodePressures pressures)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _admitted = new(StringComparer.Ordinal);

    /// <summary>Why the pod may not run here; null: it may, and what it asks for is taken from now on.</summary>
    public PodEnd? Admit(PodView pod)
    {
        lock (_lock)
        {
            if (Refusal(pod) is { } refusal)
            {
                return refusal;
            }

            _admitted.Add(pod.Uid);
            return null;
        }
    }

    /// <summary>The pod runs here already: nobody asks any more.</summary>
    public void Keep(string uid)
    {
        lock (_lock)
        {
            _admitted.Add(uid);
        }
    }

    /// <summary>The pod is gone.</summary>
    public void Forget(string uid)
    {
        lock (_lock)
        {
            _admitted.Remove(uid);
        }
    }

    /// <summary>Why a pod that runs here could not have other resources now; null: it could.</summary>
    public PodEnd? CanResize(PodView pod)
    {
        lock (_lock)
        {
            return Node() is { } node ? NodeFit.Resources(pod, node, Others(pod)) : null;
        }
    }

    /// <summary>Why a pod could never have such resources on this node; null: alone it could.</summary>
    public PodEnd? CouldResize(PodView pod) => Node() is { } node ? NodeFit.Resources(pod, node, []) : null;

    private PodEnd? Refusal(PodView pod)
    {
        if (SysctlRules.Check(pod, options.AllowedSysctls) is { } sysctl)
        {
            return new PodEnd("SysctlForbidden", sysctl);
        }

        if (AppArmorRules.Check(pod, host.Read().AppArmor) is { } wall)
        {
            return wall;
        }

        if (pressures.Refuses(pod) is { } pressure)
        {
            return pressure;
        }

        return Node() is { } node ? NodeFit.Check(pod, node, Others(pod)) : null;
    }

    private MapValue? Node() => objects.Get(AgentResources.Nodes, "", identity.Name)?.Tree;

    private List<MapValue> Others(PodView pod) =>
    [
        .. objects.List(AgentResources.Pods).Select(static one => one.Tree).Where(one =>
            one.Text("spec", "nodeName") == identity.Name
            && one.Text("metadata", "uid") is { } uid && uid != pod.Uid
            && one.Text("status", "phase") is not ("Succeeded" or "Failed")
            && (_admitted.Contains(uid) || one.Map("status")?.Has("startTime") == true)),
    ];
}

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

    // Pods that wait for more, by what they ask for, with what they have.
    private readonly Dictionary<string, (PodView Wished, MapValue Granted)> _waiting = new(StringComparer.Ordinal);

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
            _waiting.Remove(uid);
        }
    }

    /// <summary>Gives a pod that runs here other resources. One that waits goes before those of lower priority. Why it has to wait; null: it has them.</summary>
    /// <param name="pod">The pod with what it asks for.</param>
    /// <param name="granted">The pod with what it has.</param>
    public PodEnd? Resize(PodView pod, MapValue granted)
    {
        lock (_lock)
        {
            _waiting[pod.Uid] = (pod, granted);
            if (Node() is { } node && (Shortage(pod, node) ?? GoesBefore(pod, node)) is { } refusal)
            {
                return refusal;
            }

            _waiting.Remove(pod.Uid);
            return null;
        }
    }

    /// <summary>The pod asks for nothing more.</summary>
    public void Resized(string uid)
    {
        lock (_lock)
        {
            _waiting.Remove(uid);
        }
    }

    /// <summary>Why a pod could never have such resources on this node, so that it keeps what it has; null: alone it could.</summary>
    /// <param name="pod">The pod with what it asks for.</param>
    /// <param name="granted">The pod with what it has.</param>
    public PodEnd? CouldResize(PodView pod, MapValue granted)
    {
        lock (_lock)
        {
            var never = Node() is { } node ? NodeFit.Resources(pod, node, []) : null;
            if (never is not null)
            {
                _waiting[pod.Uid] = (pod, granted);
            }

            return never;
        }
    }

    private PodEnd? Shortage(PodView pod, MapValue node) => NodeFit.Resources(pod, node, Others(pod));

    private PodEnd? GoesBefore(PodView pod, MapValue node) =>
        _waiting.Values.Select(static one => one.Wished).FirstOrDefault(other => other.Priority > pod.Priority && Shortage(other, node) is null) is { } first
            ? new PodEnd("", $"Pod {first.Namespace}/{first.Name} of higher priority waits for the same room")
            : null;

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
            && (_admitted.Contains(uid) || one.Map("status")?.Has("startTime") == true)).Select(one => _waiting.TryGetValue(one.Text("metadata", "uid")!, out var waiting) ? waiting.Granted : one),
    ];
}

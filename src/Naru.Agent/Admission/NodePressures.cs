using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Admission;

/// <summary>What this node runs short of now, as its eviction found it.</summary>
internal sealed class NodePressures
{
    private volatile bool _memory;
    private volatile bool _disk;
    private volatile bool _processes;
    private volatile string _shutdown = "";

    /// <summary>Memory is short.</summary>
    public bool Memory { get => _memory; set => _memory = value; }

    /// <summary>Disk is short.</summary>
    public bool Disk { get => _disk; set => _disk = value; }

    /// <summary>Process ids are short.</summary>
    public bool Processes { get => _processes; set => _processes = value; }

    /// <summary>The node shuts down, in these words; empty: it does not.</summary>
    public string Shutdown { get => _shutdown; set => _shutdown = value; }

    /// <summary>Why a new pod may not start now; null: it may.</summary>
    public PodEnd? Refuses(PodView pod)
    {
        if (Shutdown.Length > 0)
        {
            return new PodEnd("NodeShutdown", "Pod was rejected as the node is shutting down.");
        }

        if (pod.IsStatic || pod.IsCritical || !(Memory || Disk || Processes))
        {
            return null;
        }

        // Memory alone spares those that promised what they use, and those that say they can live with it.
        if (Memory && !Disk && !Processes && (pod.Qos != "BestEffort" || Tolerates(pod, "node.kubernetes.io/memory-pressure")))
        {
            return null;
        }

        return new PodEnd("Evicted", $"The node had condition: [{string.Join(", ", Words())}]. ");
    }

    private IEnumerable<string> Words()
    {
        if (Memory)
        {
            yield return "MemoryPressure";
        }

        if (Disk)
        {
            yield return "DiskPressure";
        }

        if (Processes)
        {
            yield return "PIDPressure";
        }
    }

    private static bool Tolerates(PodView pod, string key) => pod.Spec.Maps("tolerations").Any(one =>
        one.Text("operator") == "Exists" && (one.Text("key") is not { Length: > 0 } wanted || wanted == key) && ((one.Text("effect") ?? "") is "" or "NoSchedule"));
}

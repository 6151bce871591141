using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>A node and what its pods take of it.</summary>
internal sealed class NodeEntry(int place)
{
    private long[] _requested = [];

    /// <summary>Its place in all arrays over nodes.</summary>
    public int Place { get; } = place;

    /// <summary>Null while only pods are known that say they are on it.</summary>
    public NodeFacts? Facts { get; set; }

    /// <summary>Raised with every change of the node object.</summary>
    public long FactsAsOf { get; set; }

    /// <summary>Raised with every change of the node object and of the pods on it.</summary>
    public long AsOf { get; set; }

    public List<PodEntry> Pods { get; } = [];

    public List<HostPort> Ports { get; } = [];

    public long ScoredCpu { get; private set; }

    public long ScoredMemory { get; private set; }

    /// <summary>Pods that room is being made for here.</summary>
    public List<PodFacts> Nominated { get; } = [];

    public long Requested(int resource) => resource < _requested.Length ? _requested[resource] : 0;

    public long Allocatable(int resource) => resource < Facts!.Allocatable.Length ? Facts.Allocatable[resource] : 0;

    public void Add(PodEntry pod)
    {
        Pods.Add(pod);
        Count(pod.Facts.Class.Shape, 1);
        Ports.AddRange(pod.Facts.Class.Shape.Ports);
    }

    public void Remove(PodEntry pod)
    {
        Pods.Remove(pod);
        Count(pod.Facts.Class.Shape, -1);
        foreach (var port in pod.Facts.Class.Shape.Ports)
        {
            Ports.Remove(port);
        }
    }

    private void Count(PodShape shape, int sign)
    {
        foreach (var (resource, amount) in shape.Requests)
        {
            if (resource >= _requested.Length)
            {
                Array.Resize(ref _requested, resource + 1);
            }

            _requested[resource] += sign * amount;
        }

        ScoredCpu += sign * shape.ScoredCpu;
        ScoredMemory += sign * shape.ScoredMemory;
    }
}

/// <summary>A pod that the cluster knows.</summary>
internal sealed class PodEntry(PodFacts facts)
{
    public PodFacts Facts { get; set; } = facts;

    /// <summary>Where it is counted; null while it waits.</summary>
    public NodeEntry? Node { get; set; }

    /// <summary>Placed by a decision that the store has not confirmed yet.</summary>
    public bool Assumed { get; set; }
}

using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Room for the pod: places for pods, processor, memory, storage and whatever else nodes count.</summary>
internal sealed class ResourceFilter(Resources resources) : INodeFilter
{
    private readonly Dictionary<string, Refusal> _refusals = new(StringComparer.Ordinal);

    public Refusal? Judge(PodShape pod, NodeEntry node) => Judge(pod, node, []);

    /// <summary>As if the others were on the node too.</summary>
    public Refusal? Judge(PodShape pod, NodeEntry node, IReadOnlyList<PodFacts> others)
    {
        List<string>? missing = null;
        var final = false;
        if (node.Pods.Count + others.Count + 1 > node.Facts!.Pods)
        {
            (missing ??= []).Add("Too many pods");
        }

        foreach (var (resource, amount) in pod.Requests)
        {
            var allocatable = node.Allocatable(resource);
            var free = allocatable - node.Requested(resource);
            foreach (var other in others)
            {
                free -= other.Class.Shape.RequestOf(resource);
            }

            if (amount > free)
            {
                (missing ??= []).Add($"Insufficient {resources.NameOf(resource)}");
                final |= amount > allocatable;
            }
        }

        return missing is null ? null : Shared(missing, final);
    }

    private Refusal Shared(List<string> reasons, bool final)
    {
        var key = $"{final}{string.Join('\n', reasons)}";
        return _refusals.TryGetValue(key, out var refusal) ? refusal : _refusals[key] = new(RefusedBy.Resources, [.. reasons], final);
    }
}

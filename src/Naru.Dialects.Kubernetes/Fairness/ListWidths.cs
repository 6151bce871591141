using System.Collections.Concurrent;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Resources;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>How many seats a list takes: one for every hundred objects that the last list of the resource had.</summary>
internal sealed class ListWidths
{
    private const int ObjectsForSeat = 100;
    private const int Most = 10;

    private readonly ConcurrentDictionary<GroupResource, int> _counts = new();

    /// <summary>A list of a resource had so many objects.</summary>
    public void Note(GroupResource resource, int count) => _counts[resource] = count;

    /// <summary>Seats that a request takes.</summary>
    public int SeatsOf(RequestTarget target, long limit)
    {
        if (target.Verb != "list" || !_counts.TryGetValue(new GroupResource(target.Group, target.Resource), out var count))
        {
            return 1;
        }

        var expected = limit > 0 ? Math.Min(limit, count) : count;
        return (int)Math.Clamp((expected + ObjectsForSeat - 1) / ObjectsForSeat, 1, Most);
    }
}

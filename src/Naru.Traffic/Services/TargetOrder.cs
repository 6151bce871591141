using Naru.Core.Traffic;

namespace Naru.Traffic.Services;

/// <summary>The numbers that a service's targets have. Pure.</summary>
internal static class TargetOrder
{
    /// <summary>Gives every target a number from 0 on. One that stays keeps its own where it can, so that a change moves few.</summary>
    /// <param name="before">The targets by number before the change.</param>
    /// <param name="wanted">The targets now.</param>
    internal static List<ServiceTarget> Arrange(IReadOnlyList<ServiceTarget> before, IReadOnlyCollection<ServiceTarget> wanted)
    {
        var left = new HashSet<ServiceTarget>(wanted);
        var places = new ServiceTarget?[left.Count];
        var moving = new List<ServiceTarget>();
        for (var index = 0; index < before.Count; index++)
        {
            if (!left.Remove(before[index]))
            {
                continue;
            }

            if (index < places.Length)
            {
                places[index] = before[index];
            }
            else
            {
                moving.Add(before[index]);
            }
        }

        // New ones in the order in which they were named: the same question gets the same answer.
        moving.AddRange(wanted.Where(left.Remove));
        var next = 0;
        var arranged = new List<ServiceTarget>(places.Length);
        foreach (var place in places)
        {
            arranged.Add(place ?? moving[next++]);
        }

        return arranged;
    }
}

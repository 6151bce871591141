using System.Collections.Immutable;

namespace Naru.Workloads.StatefulSets;

/// <summary>
/// The next step of a StatefulSet. Pure. 1. Pods that ended are replaced. 2. Missing ordinals are made, lowest first. 3. Ordinals beyond the wish are deleted, highest first.
/// 4. Pods of another revision are replaced, highest ordinal first. An ordered set takes one of these steps at a time and waits until all before it are available.
/// </summary>
internal static class StatefulSetDecider
{
    public static SetPlan Decide(SetSnapshot set)
    {
        var create = ImmutableArray.CreateBuilder<(int, string)>();
        var delete = ImmutableArray.CreateBuilder<SetPod>();
        for (var ordinal = set.First; ordinal < set.End; ordinal++)
        {
            if (!set.Pods.TryGetValue(ordinal, out var pod))
            {
                create.Add((ordinal, RevisionFor(set, ordinal)));
            }
            else if (pod.IsFinished && !pod.IsTerminating)
            {
                delete.Add(pod);
            }
            else if (pod.IsHealthy || !set.IsOrdered)
            {
                continue;
            }

            if (set.IsOrdered)
            {
                // A broken pod holds everything up, an update too, until it is mended or deleted by hand: as it was before the update it would only be made again.
                return new([.. create], [.. delete]);
            }
        }

        var surplus = set.Pods.Values.Where(pod => pod.Ordinal < set.First || pod.Ordinal >= set.End).OrderByDescending(static pod => pod.Ordinal).ToList();
        if (surplus.Count > 0)
        {
            if (!set.IsOrdered)
            {
                delete.AddRange(surplus.Where(static pod => !pod.IsTerminating));
            }
            else
            {
                // Of broken pods the lowest may go, for nothing before it is broken; the others wait for it.
                var held = surplus[0].IsTerminating || (!surplus[0].IsHealthy && set.Pods.Values.First(static pod => !pod.IsHealthy) != surplus[0]);
                return held ? SetPlan.Nothing : new([], [surplus[0]]);
            }
        }

        return create.Count > 0 || delete.Count > 0 ? new([.. create], [.. delete]) : surplus.Count > 0 && set.IsOrdered ? SetPlan.Nothing : Update(set);
    }

    /// <summary>The revision that a pod made now is to have.</summary>
    public static string RevisionFor(SetSnapshot set, int ordinal) =>
        !set.UpdatesOnDelete && ordinal < set.First + set.Partition ? set.CurrentRevision
        : set.UpdatesOnDelete || set.Partition > 0 || set.CurrentRevision == set.UpdateRevision ? set.UpdateRevision
        : ordinal < LowestUpdated(set) ? set.CurrentRevision : set.UpdateRevision;

    // While an update runs downwards, an ordinal that it has not come to yet is made anew as it was.
    private static int LowestUpdated(SetSnapshot set)
    {
        var lowest = set.End;
        for (var ordinal = set.End - 1; ordinal >= set.First; ordinal--)
        {
            if (set.Pods.TryGetValue(ordinal, out var pod) && pod.Revision != set.UpdateRevision)
            {
                break;
            }

            lowest = ordinal;
        }

        return lowest;
    }

    private static SetPlan Update(SetSnapshot set)
    {
        if (set.UpdatesOnDelete)
        {
            return SetPlan.Nothing;
        }

        var unavailable = 0;
        for (var ordinal = set.First; ordinal < set.End; ordinal++)
        {
            unavailable += set.Pods.TryGetValue(ordinal, out var pod) && pod.IsHealthy ? 0 : 1;
        }

        var delete = ImmutableArray.CreateBuilder<SetPod>();
        for (var ordinal = set.End - 1; ordinal >= set.First + set.Partition; ordinal--)
        {
            if (!set.Pods.TryGetValue(ordinal, out var pod))
            {
                continue;
            }

            if (pod.Revision != set.UpdateRevision && !pod.IsTerminating)
            {
                // Replacing one that is unavailable takes nothing from anybody.
                if (!pod.IsHealthy)
                {
                    delete.Add(pod);
                }
                else if (unavailable < set.MaxUnavailable)
                {
                    unavailable++;
                    delete.Add(pod);
                }
            }

            if ((unavailable >= set.MaxUnavailable && !pod.IsHealthy) || delete.Count >= set.MaxUnavailable)
            {
                break;
            }
        }

        return new([], [.. delete]);
    }
}

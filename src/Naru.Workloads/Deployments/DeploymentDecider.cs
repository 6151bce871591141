using Naru.Workloads.Rollouts;

namespace Naru.Workloads.Deployments;

/// <summary>A set and the size that it is to have.</summary>
internal sealed record Scaling(ReplicaSetFacts Set, int Replicas);

/// <summary>How the sets of a deployment are to be sized next. Pure.</summary>
internal static class DeploymentDecider
{
    /// <summary>The size that a new set starts with.</summary>
    public static int FirstSize(DeploymentSnapshot snapshot) =>
        snapshot.Spec.IsRecreate ? snapshot.Spec.Replicas : Rollout.Room(snapshot.Spec.Policy, snapshot.State);

    /// <summary>The next step of a rolling update; the new set exists.</summary>
    public static IReadOnlyList<Scaling> Roll(DeploymentSnapshot snapshot)
    {
        var state = snapshot.State;
        var plan = Rollout.Decide(snapshot.Spec.Policy, state, default);
        var scalings = new List<Scaling>();
        if (plan.StopNew > 0 || plan.Start > 0)
        {
            scalings.Add(new(snapshot.New!, snapshot.New!.Replicas + plan.Start - plan.StopNew));
        }

        var sizes = snapshot.Old.ToDictionary(static one => one, static one => one.Replicas);
        Take(snapshot.Old, sizes, plan.StopBroken, static (set, size) => size - Math.Min(size, set.Available));
        Take(snapshot.Old, sizes, plan.StopServing, static (_, size) => size);
        scalings.AddRange(sizes.Where(static pair => pair.Value != pair.Key.Replicas).Select(static pair => new Scaling(pair.Key, pair.Value)));
        return scalings;
    }

    /// <summary>The next step of a deployment that is not rolling (its wished size changed, or it is paused): the sets grow or shrink by their shares.</summary>
    public static IReadOnlyList<Scaling> Scale(DeploymentSnapshot snapshot)
    {
        var spec = snapshot.Spec;
        var active = snapshot.All.Where(static one => one.Replicas > 0).ToList();
        if (active.Count <= 1)
        {
            // The only one with pods, or else the newest.
            var one = active.Count == 1 ? active[0] : snapshot.New ?? (snapshot.Old.Count > 0 ? snapshot.Old[^1] : null);
            return one is null || one.Replicas == spec.Replicas ? [] : [new(one, spec.Replicas)];
        }

        if (snapshot.New is { } set && set.Replicas == spec.Replicas && set.DesiredReplicas == spec.Replicas && set.Available == spec.Replicas)
        {
            return [.. snapshot.Old.Where(static one => one.Replicas > 0).Select(static one => new Scaling(one, 0))];
        }

        return spec.IsRecreate ? [] : Share(snapshot, active);
    }

    /// <summary>Whether the wished size is another than the one that the sets were last sized for.</summary>
    public static bool IsScaled(DeploymentSnapshot snapshot) => snapshot.All.Any(one => one.Replicas > 0 && one.DesiredReplicas is { } desired && desired != snapshot.Spec.Replicas);

    private static List<Scaling> Share(DeploymentSnapshot snapshot, List<ReplicaSetFacts> active)
    {
        var spec = snapshot.Spec;
        var allowed = spec.Replicas > 0 ? spec.Replicas + spec.Policy.Surge : 0;
        var toAdd = allowed - active.Sum(static one => one.Replicas);
        var ordered = toAdd > 0
            ? active.OrderByDescending(static one => one.Replicas).ThenByDescending(static one => one.Created).ToList()
            : [.. active.OrderByDescending(static one => one.Replicas).ThenBy(static one => one.Created)];
        var added = 0;
        var sizes = new List<int>();
        foreach (var one in ordered)
        {
            var share = toAdd == 0 ? 0 : ShareOf(one, snapshot, toAdd, added);
            sizes.Add(one.Replicas + share);
            added += share;
        }

        // What rounding left goes to the largest.
        sizes[0] = Math.Max(0, sizes[0] + toAdd - added);
        return [.. ordered.Select((one, index) => new Scaling(one, sizes[index]))];
    }

    private static int ShareOf(ReplicaSetFacts one, DeploymentSnapshot snapshot, int toAdd, int added)
    {
        var spec = snapshot.Spec;
        var fraction = -one.Replicas;
        if (spec.Replicas > 0)
        {
            var most = spec.Replicas + spec.Policy.Surge;
            var before = one.MostReplicas is { } noted && noted > 0 ? noted : Math.Max(1, Objects.Counts.Int(snapshot.Stored.Tree, most, "status", "replicas"));
            fraction = (int)Math.Round((double)one.Replicas * most / before, MidpointRounding.AwayFromZero) - one.Replicas;
        }

        var allowed = toAdd - added;
        return toAdd > 0 ? Math.Max(0, Math.Min(fraction, allowed)) : Math.Min(0, Math.Max(fraction, allowed));
    }

    private static void Take(IReadOnlyList<ReplicaSetFacts> sets, Dictionary<ReplicaSetFacts, int> sizes, int count, Func<ReplicaSetFacts, int, int> most)
    {
        foreach (var set in sets)
        {
            var taken = Math.Min(count, most(set, sizes[set]));
            sizes[set] -= taken;
            count -= taken;
        }
    }
}

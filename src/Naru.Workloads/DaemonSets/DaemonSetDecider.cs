using System.Collections.Immutable;
using Naru.Workloads.Pods;

namespace Naru.Workloads.DaemonSets;

/// <summary>A node and a daemon's pods on it.</summary>
internal sealed record DaemonNode(string Name, bool ShouldRun, bool MayStay, ImmutableArray<DaemonPod> Pods);

/// <summary>A daemon's pod.</summary>
internal sealed record DaemonPod(bool IsNew, bool IsAvailable, bool IsReady, bool IsTerminating, bool IsFailed, PodFacts Facts);

/// <summary>What is to be done next.</summary>
internal sealed record DaemonPlan(ImmutableArray<string> Create, ImmutableArray<DaemonPod> Delete);

/// <summary>The next step of a DaemonSet. Pure. Missing pods are made, failed and surplus ones deleted; then old ones are replaced within the budget: with surge a node's new pod must be available
/// before its old one goes, without it at most so many nodes are without an available pod.</summary>
internal static class DaemonSetDecider
{
    public static DaemonPlan Decide(DaemonSetSpec spec, IReadOnlyList<DaemonNode> nodes)
    {
        var create = ImmutableArray.CreateBuilder<string>();
        var delete = ImmutableArray.CreateBuilder<DaemonPod>();
        foreach (var node in nodes)
        {
            Keep(spec, node, create, delete);
        }

        if (!spec.UpdatesOnDelete)
        {
            if (spec.Surge > 0)
            {
                Surge(spec, nodes, create, delete);
            }
            else
            {
                Replace(spec, nodes, delete);
            }
        }

        return new([.. create], [.. delete]);
    }

    private static void Keep(DaemonSetSpec spec, DaemonNode node, ImmutableArray<string>.Builder create, ImmutableArray<DaemonPod>.Builder delete)
    {
        var alive = node.Pods.Where(static pod => !pod.IsTerminating).ToList();
        if (!node.ShouldRun)
        {
            delete.AddRange(alive.Where(pod => !node.MayStay || pod.IsFailed));
            return;
        }

        if (node.Pods.IsEmpty)
        {
            create.Add(node.Name);
            return;
        }

        delete.AddRange(alive.Where(static pod => pod.IsFailed));
        var working = alive.Where(static pod => !pod.IsFailed).OrderBy(static pod => pod.Facts.Stored is null ? default : pod.Facts.Created).ToList();

        // One of a node stays, the oldest; while a surge lasts, one old and one new.
        delete.AddRange(spec.Surge > 0 ? working.Where(static pod => pod.IsNew).Skip(1).Concat(working.Where(static pod => !pod.IsNew).Skip(1)) : working.Skip(1));
    }

    private static void Replace(DaemonSetSpec spec, IReadOnlyList<DaemonNode> nodes, ImmutableArray<DaemonPod>.Builder delete)
    {
        var candidates = new List<DaemonPod>();
        var unavailable = 0;
        foreach (var node in nodes.Where(static one => one.ShouldRun))
        {
            var pod = node.Pods.FirstOrDefault(static one => !one.IsTerminating && !one.IsFailed);
            if (pod is null || !pod.IsAvailable)
            {
                unavailable++;
            }

            if (pod is { IsNew: false })
            {
                if (!pod.IsAvailable)
                {
                    delete.Add(pod);
                }
                else
                {
                    candidates.Add(pod);
                }
            }
        }

        delete.AddRange(candidates.Take(Math.Max(0, spec.Unavailable - unavailable)));
    }

    private static void Surge(DaemonSetSpec spec, IReadOnlyList<DaemonNode> nodes, ImmutableArray<string>.Builder create, ImmutableArray<DaemonPod>.Builder delete)
    {
        var surging = 0;
        var candidates = new List<string>();
        var broken = new List<string>();
        foreach (var node in nodes.Where(static one => one.ShouldRun && !one.Pods.IsEmpty))
        {
            var old = node.Pods.FirstOrDefault(static pod => !pod.IsNew && !pod.IsTerminating && !pod.IsFailed);
            var fresh = node.Pods.FirstOrDefault(static pod => pod.IsNew && !pod.IsTerminating && !pod.IsFailed);
            if (old is null)
            {
                if (fresh is null && node.Pods.All(static pod => !pod.IsNew))
                {
                    // The old one is on its way out and nothing stands beside it.
                    create.Add(node.Name);
                }
            }
            else if (fresh is null)
            {
                (old.IsAvailable ? candidates : broken).Add(node.Name);
            }
            else if (fresh.IsAvailable)
            {
                delete.Add(old);
            }
            else
            {
                surging++;
            }
        }

        create.AddRange(broken);
        create.AddRange(candidates.Take(Math.Max(0, spec.Surge - surging)));
    }
}

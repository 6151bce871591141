namespace Naru.Agent.Services;

/// <summary>Which endpoints answer. Pure.</summary>
internal static class EndpointChoice
{
    /// <summary>Those of the whole cluster that this node leads to: the ready ones, as near as all hints say; if none is ready those that end but still answer.</summary>
    public static List<ServiceEndpoint> Cluster(IReadOnlyCollection<ServiceEndpoint> all, string node, string zone)
    {
        var ready = all.Where(static one => one.IsReady).ToList();
        return ready.Count == 0 ? all.Where(static one => one.IsServing && one.IsTerminating).ToList() : Near(ready, node, zone);
    }

    /// <summary>Those on this node; if none is ready those that end but still answer.</summary>
    public static List<ServiceEndpoint> Local(IReadOnlyCollection<ServiceEndpoint> all, string node)
    {
        var here = all.Where(one => one.Node == node).ToList();
        var ready = here.FindAll(static one => one.IsReady);
        return ready.Count > 0 ? ready : here.FindAll(static one => one.IsServing && one.IsTerminating);
    }

    // Hints count only if every endpoint has one and one of them is for here: half of a plan is worse than none.
    private static List<ServiceEndpoint> Near(List<ServiceEndpoint> ready, string node, string zone)
    {
        if (ready.TrueForAll(static one => one.Nodes.Count > 0) && ready.FindAll(one => one.Nodes.Contains(node)) is { Count: > 0 } onNode)
        {
            return onNode;
        }

        return zone.Length > 0 && ready.TrueForAll(static one => one.Zones.Count > 0) && ready.FindAll(one => one.Zones.Contains(zone)) is { Count: > 0 } inZone ? inZone : ready;
    }
}

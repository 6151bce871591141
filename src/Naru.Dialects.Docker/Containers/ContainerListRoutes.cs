using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>The list of containers with its filters.</summary>
internal sealed class ContainerListRoutes(INetworks networks, ContainerScope scope, ContainerFilter filter, TimeProvider time) : IDockerRouteGroup
{
    public void Map(DockerRoutes routes)
    {
        routes.Get("/containers/json", ListAsync);
        // The list's name before 1.0, which still answers.
        routes.Get("/containers/ps", ListAsync);
    }

    private async Task ListAsync(DockerCall call)
    {
        var limit = call.Number("limit") ?? 0;
        var filters = filter.Prepare(call, call.Filters());
        // A number or a neighbour asked for means stopped ones too.
        var all = call.Flag("all") || limit > 0 || filters.NamesStates || call.Query("before") is { Length: > 0 } || call.Query("since") is { Length: > 0 };
        var found = new List<ContainerSummary>();
        foreach (var container in scope.List(call))
        {
            if ((!all && container.Status.Phase is not (ContainerPhase.Running or ContainerPhase.Paused or ContainerPhase.Restarting)) || !filters.Accepts(container))
            {
                continue;
            }
            var summary = InspectMap.Summarise(container, networks, time.GetUtcNow(), scope.ImageNameOf(container), call.Version);
            if (call.Flag("size"))
            {
                var use = await scope.DiskAsync(container, call.Aborted);
                (summary.SizeRw, summary.SizeRootFs) = (use.Writable, use.Whole);
            }
            found.Add(summary);
            if (limit > 0 && found.Count == limit)
            {
                break;
            }
        }
        await call.JsonAsync(found.ToArray());
    }
}

using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Networks;

/// <summary>Networks.</summary>
internal sealed class NetworkRoutes(INetworks networks, IContainers containers, ContainerScope scope, IEvents events, TimeProvider time) : IDockerRouteGroup
{
    private static readonly string[] Known = ["dangling", "driver", "id", "label", "label!", "name", "scope", "type"];

    public void Map(DockerRoutes routes)
    {
        routes.Get("/networks", ListAsync);
        routes.Post("/networks/create", CreateAsync);
        routes.Post("/networks/prune", PruneAsync);
        routes.Get("/networks/{id*}", InspectAsync);
        routes.Delete("/networks/{id*}", RemoveAsync);
        routes.Post("/networks/{id}/connect", ConnectAsync);
        routes.Post("/networks/{id}/disconnect", DisconnectAsync);
    }

    private Task ListAsync(DockerCall call)
    {
        var filters = call.Filters().Allow(Known);
        var used = UsedNetworks();
        var filter = new NetworkFilter(filters, network => !used.Contains(network.Id));
        return call.JsonAsync(networks.List().Where(network => Sees(call, network) && filter.Accepts(network)).Select(network => NetworkViewMap.Show(network, inspect: false)).ToArray());
    }

    private Task InspectAsync(DockerCall call)
    {
        var network = Get(call, call.Name);
        if (call.Query("scope") is { Length: > 0 } place && place != "local")
        {
            throw NaruException.NotFound($"network {call.Name} not found");
        }
        return call.JsonAsync(NetworkViewMap.Show(network, inspect: true));
    }

    private async Task CreateAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<NetworkCreateRequest>();
        var spec = NetworkSpecMap.ToCore(request, call.Version);
        spec = spec with { Labels = LabelScope.Add(call.Access, spec.Labels) };
        NetworkAccess.Check(call.Access, spec);
        var (network, warning) = await networks.CreateAsync(spec, call.Aborted);
        await call.JsonAsync(201, new NetworkCreateResponse { Id = network.Id, Warning = warning });
    }

    private async Task RemoveAsync(DockerCall call)
    {
        await networks.RemoveAsync(Get(call, call.Name).Id, call.Aborted);
        await call.EmptyAsync(204);
    }

    private async Task ConnectAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<NetworkConnectRequest>();
        var endpoint = request.EndpointConfig;
        if (endpoint is not null && call.Version.Below(44))
        {
            endpoint.MacAddress = "";
        }
        var network = Get(call, call.Name);
        NetworkAccess.CheckConnect(call.Access, network);
        await containers.ConnectAsync(ContainerOf(call, request.Container).Id.Value, network.Id, NetworkMap.ToCore(endpoint), call.Aborted);
        await call.EmptyAsync(200);
    }

    private async Task DisconnectAsync(DockerCall call)
    {
        var request = await call.RequireJsonAsync<NetworkDisconnectRequest>();
        var network = Get(call, call.Name);
        // With force the container may be gone: its name alone is handed on.
        var reference = request.Force && containers.Find(request.Container ?? "") is null
            ? request.Container ?? ""
            : ContainerOf(call, request.Container).Id.Value;
        await containers.DisconnectAsync(reference, network.Id, request.Force, call.Aborted);
        await call.EmptyAsync(200);
    }

    private async Task PruneAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("label", "label!", "until");
        var until = PruneMoment.Until(filters, time);
        var used = UsedNetworks();
        var names = await networks.PruneAsync(
            network => Sees(call, network) && !used.Contains(network.Id) && filters.MatchesLabels(network.Spec.Labels) && (until is null || network.Created < until),
            call.Aborted);
        events.Publish(PruneMoment.Event("network", 0));
        await call.JsonAsync(new NetworksPruneReport { NetworksDeleted = names.IsEmpty ? null : [.. names] });
    }

    private Network Get(DockerCall call, string reference)
    {
        var network = networks.Get(reference);
        return Sees(call, network) ? network : throw NaruException.NotFound($"network {reference} not found");
    }

    private static bool Sees(DockerCall call, Network network) => network.Predefined || LabelScope.Contains(call.Access, network.Spec.Labels);

    private Container ContainerOf(DockerCall call, string? reference) => string.IsNullOrEmpty(reference)
        ? throw DockerException.BadRequest("invalid container name or ID: value is empty")
        : scope.Get(call, reference);

    /// <summary>The networks with a live endpoint or a container that will join them at its start.</summary>
    private HashSet<string> UsedNetworks()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in containers.List().Where(container => container.IsLive))
        {
            used.UnionWith(container.Status.Network.Endpoints.Values.Select(endpoint => endpoint.NetworkId));
        }
        used.UnionWith(networks.List().Where(network => !network.Endpoints.IsEmpty).Select(network => network.Id));
        return used;
    }
}

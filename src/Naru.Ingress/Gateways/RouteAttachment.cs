using Naru.Ingress.Routing;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Joins routes with the listeners that they name, where both want it.</summary>
internal sealed class RouteAttachment(IObjects objects)
{
    /// <summary>Attaches a route to the Gateways among its parents and notes for each why or why not.</summary>
    public void Attach(RouteView route, IReadOnlyDictionary<(string Namespace, string Name), GatewayView> gateways)
    {
        var joined = new Dictionary<ListenerView, HashSet<string>>();
        foreach (var reference in route.Stored.Tree.Maps("spec", "parentRefs"))
        {
            if (GatewayOf(route.Stored, reference, gateways) is { } gateway)
            {
                var refused = route.Refused ?? Join(route, reference, gateway, joined);
                route.Parents.Add((reference, refused));
            }
        }

        foreach (var (listener, hosts) in joined)
        {
            listener.Attached++;
            listener.Routes.Set(route.Source, [.. hosts.SelectMany(host => route.Routes.Select(one => new HostRoute(host, one)))]);
        }
    }

    /// <summary>The Gateway of ours that a parent reference names; null if it names none.</summary>
    public static GatewayView? GatewayOf(StoredObject route, MapValue reference, IReadOnlyDictionary<(string Namespace, string Name), GatewayView> gateways) =>
        (reference.Text("group") ?? GatewayResources.Group) == GatewayResources.Group && (reference.Text("kind") ?? "Gateway") == "Gateway"
            ? gateways.GetValueOrDefault((reference.Text("namespace") ?? route.Namespace, reference.Text("name") ?? ""))
            : null;

    private (string, string)? Join(RouteView route, MapValue reference, GatewayView gateway, Dictionary<ListenerView, HashSet<string>> joined)
    {
        var named = gateway.Listeners
            .Where(one => (reference.Text("sectionName") is not { Length: > 0 } section || section == one.Name) && (reference.Integer("port") is not { } port || port == one.Port))
            .ToList();
        if (named.Count == 0)
        {
            return ("NoMatchingParent", "The Gateway has no such listener");
        }

        var allowing = named.Where(one => one.Kinds().Contains(route.Kind) && one.AllowsNamespace(route.Stored.Namespace, LabelsOf)).ToList();
        if (allowing.Count == 0)
        {
            return ("NotAllowedByListeners", "No listener allows routes of this kind and namespace");
        }

        var any = false;
        foreach (var listener in allowing)
        {
            foreach (var host in HostNames.Intersect(listener.Host, route.Hosts))
            {
                any = true;
                (joined.TryGetValue(listener, out var hosts) ? hosts : joined[listener] = []).Add(host);
            }
        }

        return any ? null : ("NoMatchingListenerHostname", "No listener has a host name in common with the route");
    }

    private MapValue? LabelsOf(string @namespace) => objects.Get(IngressResources.Namespaces, "", @namespace)?.Tree.Map("metadata", "labels");
}

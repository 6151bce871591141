using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Traffic;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>How this node leads to a service. Pure.</summary>
internal static class ServiceRouting
{
    private static readonly TimeSpan UsualAffinity = TimeSpan.FromHours(3);

    /// <summary>The routes; none for a service that names others, has no address or is another program's.</summary>
    public static ServiceRoutes Decide(ServiceSight sight)
    {
        var service = sight.Service;
        var owned = AddressesOf(service);
        if (service.Text("spec", "type") == "ExternalName" || owned.Count == 0 || IsForOthers(service))
        {
            return ServiceRoutes.None;
        }

        var frontends = ImmutableArray.CreateBuilder<ServiceFrontend>();
        foreach (var port in service.Maps("spec", "ports"))
        {
            AddPort(frontends, sight, port, owned);
        }

        AddServer(frontends, sight);
        return new ServiceRoutes { Frontends = frontends.ToImmutable(), OwnAddresses = [.. owned] };
    }

    // Its label says that another program leads to it, or that nobody is to.
    private static bool IsForOthers(MapValue service) =>
        service.Map("metadata", "labels") is { } labels && (labels.Has("service.kubernetes.io/service-proxy-name") || labels.Has("service.kubernetes.io/headless"));

    private static List<IPAddress> AddressesOf(MapValue service)
    {
        var texts = service.List("spec", "clusterIPs")?.Texts().ToList() ?? [];
        if (texts.Count == 0 && service.Text("spec", "clusterIP") is { } single)
        {
            texts.Add(single);
        }

        return Parse(texts);
    }

    private static List<IPAddress> Parse(IEnumerable<string> texts) => [.. texts.Select(static text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];

    private static void AddPort(ImmutableArray<ServiceFrontend>.Builder frontends, ServiceSight sight, MapValue port, List<IPAddress> owned)
    {
        var service = sight.Service;
        var protocol = port.Text("protocol") ?? "TCP";
        var endpoints = ServiceEndpoint.Of(sight.Slices, port.Text("name") ?? "", protocol);
        foreach (var family in owned.Select(static one => one.AddressFamily).Distinct())
        {
            var some = endpoints.FindAll(one => one.Address.AddressFamily == family);
            var cluster = EndpointChoice.Cluster(some, sight.Node, sight.Zone);
            var local = EndpointChoice.Local(some, sight.Node);
            var basic = new ServiceFrontend
            {
                Address = IPAddress.None,
                Protocol = protocol.ToLowerInvariant(),
                Port = (ushort)(port.Integer("port") ?? 0),
                Targets = TargetsOf(cluster, sight),
                Affinity = AffinityOf(service),
            };
            var inside = service.Text("spec", "internalTrafficPolicy") == "Local"
                ? basic with { Targets = TargetsOf(local, sight), WithoutTarget = cluster.Count > 0 ? WithoutTarget.Drop : WithoutTarget.Refuse }
                : basic;
            frontends.AddRange(owned.Where(one => one.AddressFamily == family).Select(one => inside with { Address = one }));

            var outside = service.Text("spec", "externalTrafficPolicy") == "Local"
                ? basic with { IsExternal = true, ExternalTargets = TargetsOf(local, sight), WithoutExternalTarget = cluster.Count > 0 ? WithoutTarget.Drop : WithoutTarget.Refuse }
                : basic with { IsExternal = true };
            AddOutside(frontends, service, port, outside, family);
        }
    }

    private static void AddOutside(ImmutableArray<ServiceFrontend>.Builder frontends, MapValue service, MapValue port, ServiceFrontend outside, AddressFamily family)
    {
        foreach (var address in Parse(service.List("spec", "externalIPs")?.Texts() ?? []).Where(one => one.AddressFamily == family))
        {
            frontends.Add(outside with { Address = address });
        }

        if (service.Text("spec", "type") == "LoadBalancer")
        {
            var sources = SourcesOf(service);
            var given = service.Maps("status", "loadBalancer", "ingress").Where(static one => one.Text("ipMode") != "Proxy").Select(static one => one.Text("ip")).OfType<string>();
            foreach (var address in Parse(given).Where(one => one.AddressFamily == family))
            {
                frontends.Add(outside with { Address = address, Sources = sources });
            }
        }

        if (port.Integer("nodePort") is > 0 and var nodePort)
        {
            frontends.Add(outside with { Address = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, Port = (ushort)nodePort });
        }
    }

    private static ImmutableArray<IPNetwork> SourcesOf(MapValue service)
    {
        var texts = service.List("spec", "loadBalancerSourceRanges")?.Texts().ToList() ?? [];
        if (texts.Count == 0 && service.Text("metadata", "annotations", "service.beta.kubernetes.io/load-balancer-source-ranges") is { Length: > 0 } annotation)
        {
            texts.AddRange(annotation.Split(','));
        }

        return [.. texts.Select(static text => IPNetwork.TryParse(text.Trim(), out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>()];
    }

    private static TimeSpan? AffinityOf(MapValue service) =>
        service.Text("spec", "sessionAffinity") != "ClientIP" ? null
        : service.Integer("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : UsualAffinity;

    private static ImmutableArray<ServiceTarget> TargetsOf(IEnumerable<ServiceEndpoint> endpoints, ServiceSight sight) => [.. endpoints.Select(one => TargetOf(one, sight))];

    private static ServiceTarget TargetOf(ServiceEndpoint endpoint, ServiceSight sight)
    {
        var place = new IPEndPoint(endpoint.Address, endpoint.Port);
        return sight.Server is { } server && server.Advertised.Equals(place) && IPAddress.IsLoopback(server.Bound.Address)
            ? new ServiceTarget(server.Bound.Address, (ushort)server.Bound.Port, IsHere: true)
            : new ServiceTarget(endpoint.Address, endpoint.Port, endpoint.Node == sight.Node);
    }

    // A server that listens on the host's loopback alone is reached from pods at the address that the cluster is told, as if it listened there.
    private static void AddServer(ImmutableArray<ServiceFrontend>.Builder frontends, ServiceSight sight)
    {
        if (sight.Server is { } server && IPAddress.IsLoopback(server.Bound.Address) && sight.Service.Text("metadata", "name") == "kubernetes" && sight.Service.Text("metadata", "namespace") == "default")
        {
            frontends.Add(new ServiceFrontend
            {
                Address = server.Advertised.Address,
                Protocol = "tcp",
                Port = (ushort)server.Advertised.Port,
                Targets = [new ServiceTarget(server.Bound.Address, (ushort)server.Bound.Port, IsHere: true)],
            });
        }
    }
}

using System.Collections.Immutable;
using System.Net;
using Naru.Core.Networks;
using Naru.Traffic.Files;
using Naru.Traffic.Names;
using Naru.Traffic.Names.Cluster;
using Naru.Traffic.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>The names that a sandbox knows and is known by: files, name server, table.</summary>
internal sealed class SandboxNames(TrafficOptions options, HostSide host, NetworkCatalog catalog, NameTable table, NameService service, SandboxFiles files, NamespacePool namespaces, ClusterZone? zone = null)
{
    private readonly IPAddress? _clusterAddress = options.ClusterNames is { } cluster ? IPAddress.Parse(cluster.Address) : null;

    /// <summary>Writes all three files and (re)starts or stops the sandbox's name server as its networks ask. May be repeated.</summary>
    internal void Refresh(LiveSandbox sandbox, SandboxRequest request)
    {
        var places = sandbox.Places(catalog);
        var usesHost = SandboxPlanner.UsesHost(request.Network);
        var onUserNetwork = places.Any(static place => !place.Network.IsDefaultBridge && (place.Network.IsBridge || place.Network.IsLayered));
        var hasInterface = places.Any(static place => place.Endpoint.Value.Interface.Length > 0);
        var usesNameServer = !usesHost && hasInterface && files.NeedsNameServer(request.Network, onUserNetwork);
        foreach (var (_, endpoint) in places)
        {
            if (endpoint.Value.DnsNames.Length > 0)
            {
                table.Set(endpoint.Value);
            }
        }

        var isPod = zone is not null && places.Any(place => place.Network.Name == options.ClusterNames!.Network);
        var address = isPod ? _clusterAddress! : ResolverSockets.Inside;
        var scope = Scope(places, request) with { Cluster = isPod ? zone : null };
        if (!usesNameServer)
        {
            sandbox.Resolver?.Dispose();
            sandbox.Resolver = null;
        }
        else if (sandbox.Resolver is { } running)
        {
            running.Scope = scope;
        }
        else
        {
            sandbox.Resolver = SandboxResolver.Open(sandbox.Namespace!, host.Threads, service, scope, address, sandbox.SpareNames);
            sandbox.SpareNames = null;
        }

        // The next containers will most likely want what this one wanted.
        namespaces.PreparedNames = usesNameServer ? address : hasInterface ? null : namespaces.PreparedNames;

        SandboxFiles.WriteHostname(request);
        files.WriteResolvConf(request, usesNameServer ? address.ToString() : null, usesHost || !hasInterface);
        files.WriteHosts(request, places.Select(static place => place.Endpoint.Value), LegacyLinks(places, request), HostGateway(), usesHost);
    }

    internal void Forget(SandboxDocument document)
    {
        foreach (var endpoint in document.Endpoints)
        {
            table.Remove(endpoint.Value.NetworkId, document.Container);
        }
    }

    internal void Forget(Endpoint endpoint) => table.Remove(endpoint.NetworkId, endpoint.Container);

    private static NameScope Scope(ImmutableArray<(LiveNetwork Network, EndpointDocument Endpoint)> places, SandboxRequest request)
    {
        var links = places.SelectMany(place => (place.Endpoint.Value.Spec.Links ?? []).Select(link =>
        {
            var (target, alias) = SplitLink(link);
            return (alias, place.Network.Id, request.FindContainer(target)?.Name ?? target);
        }));
        return new NameScope
        {
            Networks = [.. places.Select(static place => (place.Network.Id, place.Network.Name))],
            Links = [.. links],
            Servers = request.Network.Dns.IsEmpty ? null : [.. HostResolvers.Parse(request.Network.Dns)],
            CanForward = places.Any(static place => !place.Network.Spec.Internal),
        };
    }

    // Links of the default bridge are lines in the hosts file, as they were before there was a name service.
    private static IEnumerable<(string Address, string Names)> LegacyLinks(ImmutableArray<(LiveNetwork Network, EndpointDocument Endpoint)> places, SandboxRequest request)
    {
        if (!places.Any(static place => place.Network.IsDefaultBridge))
        {
            yield break;
        }

        foreach (var link in request.Network.Links)
        {
            var (target, alias) = SplitLink(link);
            if (request.FindContainer(target) is { } other && other.Status.Network.Endpoints.GetValueOrDefault("bridge") is { IPv4Address.Length: > 0 } endpoint)
            {
                yield return (endpoint.IPv4Address, string.Join(' ', new[] { alias, other.Id.Short, other.Name }.Distinct(StringComparer.Ordinal)));
            }
        }
    }

    private static (string Target, string Alias) SplitLink(string link)
    {
        var parts = link.Split(':', 2);
        var target = parts[0].TrimStart('/');
        return (target, parts.Length > 1 && parts[1].Length > 0 ? parts[1][(parts[1].LastIndexOf('/') + 1)..] : target);
    }

    private string HostGateway() => options.HostGateway.Length > 0 ? options.HostGateway : catalog.DefaultBridge.PoolV4?.Gateway?.ToString() ?? "";
}

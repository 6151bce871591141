using System.Collections.Immutable;
using System.Net;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Core.Traffic;
using Naru.Linux.Netlink;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Services;

/// <summary>A host with a network for pods and a way out, on which services are led to guests.</summary>
internal static class ServiceHost
{
    internal const string Cluster = "10.96.0.10";

    internal static async Task<TrafficHost> StartAsync()
    {
        var host = await new TrafficHost().StartAsync();
        host.OnHost(() =>
        {
            using var routes = RouteSocket.Open();
            routes.Execute(batch => batch.SetUp("wan0").SetRoute(new RouteInfo(IPAddress.Any, 0, IPAddress.Parse(TrafficHost.OutsideAddress), routes.GetLinkOrThrow("wan0").Index, 0)));
            return true;
        });
        await host.Networks.CreateAsync(new NetworkSpec
        {
            Name = "pods",
            Pools = [new IpamPool { Subnet = "10.244.0.0/24" }],
            Options = ImmutableSortedDictionary<string, string>.Empty.Add("naru.hairpin", "true"),
        }, CancellationToken.None);
        return host;
    }

    /// <summary>Those outside send packets for this address to the host.</summary>
    internal static void AddRouteOutside(this TrafficHost host, string address) => host.FromOutside(() =>
    {
        using var routes = RouteSocket.Open();
        routes.Execute(batch => batch.SetRoute(new RouteInfo(IPAddress.Parse(address), 32, IPAddress.Parse(TrafficHost.HostAddress), routes.GetLinkOrThrow("wan0").Index, 0)));
        return true;
    });

    internal static Task<Guest> PodAsync(this TrafficHost host, string name) => host.RunAsync(name, new ContainerNetworkSpec { Mode = "pods" });

    internal static Task SetAsync(this TrafficHost host, string name, ServiceRoutes? routes, bool isWhole = false) =>
        host.Get<IServiceTable>().ApplyAsync(new ServiceTableChange { Services = new Dictionary<string, ServiceRoutes?> { [name] = routes }, IsWhole = isWhole }, CancellationToken.None);

    internal static ServiceRoutes Routes(params ServiceFrontend[] frontends) =>
        new() { Frontends = [.. frontends], OwnAddresses = [.. frontends.Where(static one => !one.IsExternal).Select(static one => one.Address).Distinct()] };

    internal static ServiceFrontend At(string address, ushort port, params ServiceTarget[] targets) => new() { Address = IPAddress.Parse(address), Protocol = "tcp", Port = port, Targets = [.. targets] };

    internal static ServiceTarget Target(Guest guest, ushort port = 80) => new(IPAddress.Parse(guest.Address), port, IsHere: true);

    /// <summary>How many elements a set has.</summary>
    internal static int CountElements(this TrafficHost host, string set) =>
        host.Nft($"list table inet {host.Get<Naru.Traffic.Services.ServiceBook>().Table}").Split($" {set} {{", 2)[1].Split("\n\t}", 2)[0] is var text && text.Contains("elements", StringComparison.Ordinal)
            ? text.Split("elements", 2)[1].Count(static letter => letter == ',') + 1
            : 0;
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Naru.Core.Traffic;
using Naru.Linux.Netlink;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Services;

/// <summary>
/// <see cref="IServiceAddresses"/>: they lie on a bridge without ports that is there for them alone, so that taking it away takes all of them. Linux answers ARP for an address on
/// whichever interface it is asked; neighbours are told on the interface whose subnet the address is in.
/// </summary>
internal sealed partial class AnnouncedAddresses(HostSide host, string instanceId, ILogger<AnnouncedAddresses> logger) : IServiceAddresses
{
    private readonly Lock _lock = new();

    // Not the mark of networks, which are swept by whoever knows the networks.
    private readonly string _mark = $"naru-services:{instanceId}";

    /// <summary>The interface that they lie on.</summary>
    internal string Link { get; } = $"nsvc{instanceId}";

    /// <inheritdoc/>
    public Task SetAsync(IReadOnlyCollection<IPAddress> addresses, CancellationToken cancellationToken) => Task.Run(() =>
    {
        lock (_lock)
        {
            try
            {
                Set(addresses);
            }
            catch (IOException failure)
            {
                LogFailed(failure.Message);
            }
        }
    }, cancellationToken);

    /// <summary>Takes all of them off the host.</summary>
    internal void Remove() => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        routes.Execute(batch => batch.DeleteLink(Link, tolerateMissing: true));
    });

    private void Set(IReadOnlyCollection<IPAddress> addresses) => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        var link = routes.FindLink(Link);
        if (addresses.Count == 0)
        {
            routes.Execute(batch => batch.DeleteLink(Link, tolerateMissing: true));
            return;
        }

        if (link is null)
        {
            routes.Execute(batch => batch.AddBridge(Link, null, null, _mark).SetUp(Link));
            link = routes.GetLinkOrThrow(Link);
        }

        var all = routes.ListAddresses();
        var standing = all.Where(one => one.LinkIndex == link.Index && !one.Address.IsIPv6LinkLocal).Select(static one => one.Address).ToHashSet();

        // One that is the host's own anyway needs nothing.
        var own = all.Where(one => one.LinkIndex != link.Index).Select(static one => one.Address).ToHashSet();
        var fresh = addresses.Where(address => !own.Contains(address) && !standing.Contains(address)).Distinct().ToList();
        var batch = new RouteBatch();
        foreach (var gone in standing.Where(address => !addresses.Contains(address)))
        {
            batch.DeleteAddress(link.Index, gone, Bits(gone));
        }

        fresh.ForEach(address => batch.AddAddress(link.Index, address, Bits(address), tolerateExisting: true));
        routes.Execute(batch);
        Announce(routes, fresh, all, link.Index);
    });

    private static void Announce(RouteSocket routes, List<IPAddress> fresh, IReadOnlyList<AddressInfo> all, int ownLink)
    {
        var known = routes.ListLinks().ToDictionary(static one => one.Index);
        foreach (var address in fresh)
        {
            foreach (var near in all.Where(one => one.LinkIndex != ownLink && one.Address.AddressFamily == address.AddressFamily && Subnet.Of(one.Address, one.PrefixLength).Contains(address)).Select(static one => one.LinkIndex).Distinct())
            {
                if (known.TryGetValue(near, out var wire) && wire is { IsLoopback: false, IsUp: true })
                {
                    NeighbourAnnouncement.Send(wire, address);
                }
            }
        }
    }

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    [LoggerMessage(4072, LogLevel.Warning, "Addresses of services cannot be put on this host: {Reason}")]
    private partial void LogFailed(string reason);
}

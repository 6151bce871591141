using System.Globalization;
using System.Net;
using System.Text.Json;
using Naru.Linux.Netlink;

namespace Naru.Traffic.Services;

/// <summary>Leads those anew who would go on to a target that left: datagrams (the kernel remembers their flow as long as they come) and clients with affinity.</summary>
internal sealed class LeavingTargets(HostSide host)
{
    private const byte Udp = 17;

    internal void Settle(LeftTargets left, ServiceBook book)
    {
        if (left.Datagrams.Count > 0 || left.NewPlaces.Count > 0)
        {
            var anywhere = left.Datagrams.Where(static one => IsAny(one.Place)).Select(static one => (one.Port, one.Target)).ToHashSet();
            var newPorts = left.NewPlaces.Where(static one => IsAny(one.Place)).Select(static one => one.Port).ToHashSet();
            host.Run(() => ConnectionTracking.Forget(flow => flow.Protocol == Udp && (
                left.Datagrams.Contains((flow.OriginalDestination, flow.OriginalDestinationPort, flow.ReplySource))
                || anywhere.Contains((flow.OriginalDestinationPort, flow.ReplySource))
                || (flow.ReplySource.Equals(flow.OriginalDestination) && (left.NewPlaces.Contains((flow.OriginalDestination, flow.OriginalDestinationPort)) || newPorts.Contains(flow.OriginalDestinationPort))))));
        }

        if (left.Kept.Count > 0)
        {
            var doomed = Read(book.ListMap(ServiceSets.Affinity)).Where(row => left.Kept.Contains((row.Address, row.Protocol, row.Port, row.Target)) || left.Kept.Contains(("", row.Protocol, row.Port, row.Target)))
                .Select(static row => new ServiceElement(ServiceSets.Affinity, $"{row.Client} . {row.Address} . {row.Protocol} . {row.Port}", row.Target.Replace(" ", " . ", StringComparison.Ordinal))).ToList();
            if (doomed.Count > 0)
            {
                book.Forget(doomed);
            }
        }
    }

    /// <summary>Reads the map of affinities as libnftables lists it.</summary>
    internal static IEnumerable<(string Client, string Address, string Protocol, ushort Port, string Target)> Read(string json)
    {
        if (json.Length == 0)
        {
            yield break;
        }

        using var document = JsonDocument.Parse(json);
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (!item.TryGetProperty("map", out var map) || !map.TryGetProperty("elem", out var elements))
            {
                continue;
            }

            foreach (var pair in elements.EnumerateArray())
            {
                var key = pair[0].TryGetProperty("elem", out var inner) ? inner.GetProperty("val") : pair[0];
                var (parts, target) = (key.GetProperty("concat"), pair[1].GetProperty("concat"));
                yield return (parts[0].GetString()!, parts[1].GetString()!, parts[2].GetString()!, Port(parts[3]), string.Create(CultureInfo.InvariantCulture, $"{target[0].GetString()} {Port(target[1])}"));
            }
        }
    }

    private static ushort Port(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetUInt16() : ushort.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}

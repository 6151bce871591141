using System.Net;
using Naru.Ingress.Listening;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Ingress.Ingresses;

/// <summary>Where clients find the ingress, for statuses.</summary>
internal sealed class PublishedAddresses(IObjects objects, IngressOptions options, ListenerSet listeners)
{
    /// <summary>Addresses and names, in order.</summary>
    public IReadOnlyList<string> All()
    {
        if (options.PublishedAddresses.Count > 0)
        {
            return options.PublishedAddresses;
        }

        var address = (listeners.Http ?? listeners.Https)?.Address.Address;
        if (address is null)
        {
            return [];
        }

        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? OfNodes() : [address.ToString()];
    }

    private List<string> OfNodes() => [.. objects.List(IngressResources.Nodes)
        .SelectMany(static node => node.Tree.Maps("status", "addresses"))
        .Where(static one => one.Text("type") == "InternalIP")
        .Select(static one => one.Text("address") ?? "")
        .Where(static text => text.Length > 0)
        .Distinct()];
}

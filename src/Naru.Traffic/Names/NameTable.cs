using System.Net;
using Naru.Core.Containers;
using Naru.Core.Networks;

namespace Naru.Traffic.Names;

/// <summary>Which names stand for which addresses in each network. Names are compared without case.</summary>
internal sealed class NameTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<ContainerId, Endpoint>> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Network, string Name), List<Endpoint>> _names = [];
    private readonly Dictionary<(string Network, IPAddress Address), Endpoint> _addresses = [];

    /// <summary>Makes an endpoint's names known in its network, in place of those it had.</summary>
    internal void Set(Endpoint endpoint)
    {
        lock (_lock)
        {
            RemoveLocked(endpoint.NetworkId, endpoint.Container);
            if (!_endpoints.TryGetValue(endpoint.NetworkId, out var places))
            {
                _endpoints[endpoint.NetworkId] = places = [];
            }

            places[endpoint.Container] = endpoint;
            foreach (var name in endpoint.DnsNames)
            {
                var key = (endpoint.NetworkId, name.ToLowerInvariant());
                if (!_names.TryGetValue(key, out var bearers))
                {
                    _names[key] = bearers = [];
                }

                bearers.Add(endpoint);
            }

            foreach (var address in Addresses(endpoint))
            {
                _addresses[(endpoint.NetworkId, address)] = endpoint;
            }
        }
    }

    internal void Remove(string networkId, ContainerId container)
    {
        lock (_lock)
        {
            RemoveLocked(networkId, container);
        }
    }

    /// <summary>Who bears the name in the network; empty if nobody does.</summary>
    internal IReadOnlyList<Endpoint> Find(string networkId, string name)
    {
        lock (_lock)
        {
            return _names.TryGetValue((networkId, name), out var bearers) ? [.. bearers] : [];
        }
    }

    internal Endpoint? Find(string networkId, IPAddress address)
    {
        lock (_lock)
        {
            return _addresses.GetValueOrDefault((networkId, address));
        }
    }

    private void RemoveLocked(string networkId, ContainerId container)
    {
        if (!_endpoints.TryGetValue(networkId, out var places) || !places.Remove(container, out var old))
        {
            return;
        }

        if (places.Count == 0)
        {
            _endpoints.Remove(networkId);
        }

        foreach (var name in old.DnsNames)
        {
            var key = (networkId, name.ToLowerInvariant());
            if (_names.TryGetValue(key, out var bearers) && bearers.RemoveAll(endpoint => endpoint.Container == container) >= 0 && bearers.Count == 0)
            {
                _names.Remove(key);
            }
        }

        foreach (var address in Addresses(old))
        {
            _addresses.Remove((networkId, address));
        }
    }

    private static IEnumerable<IPAddress> Addresses(Endpoint endpoint) => new[] { endpoint.IPv4Address, endpoint.IPv6Address }.Where(static text => text.Length > 0).Select(IPAddress.Parse);
}

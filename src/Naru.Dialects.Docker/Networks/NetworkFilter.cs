using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Networks;

internal sealed class NetworkFilter
{
    private readonly Filters _filters;
    private readonly Func<Network, bool> _isDangling;
    private readonly bool? _dangling;

    public NetworkFilter(Filters filters, Func<Network, bool> isDangling)
    {
        _filters = filters;
        _isDangling = isDangling;
        _dangling = filters.Flag("dangling");
        foreach (var type in filters["type"])
        {
            if (type is not ("builtin" or "custom"))
            {
                throw DockerException.BadRequest($"invalid filter: 'type'='{type}'");
            }
        }
        foreach (var scope in filters["scope"])
        {
            if (scope is not ("local" or "swarm" or "global"))
            {
                throw DockerException.BadRequest($"invalid filter: 'scope'='{scope}'");
            }
        }
    }

    public bool Accepts(Network network) =>
        (!_filters.Has("driver") || _filters["driver"].Contains(NetworkViewMap.DriverOf(network))) &&
        (!_filters.Has("name") || _filters["name"].Any(name => network.Spec.Name.Contains(name, StringComparison.Ordinal))) &&
        (!_filters.Has("id") || _filters["id"].Any(id => network.Id.StartsWith(id, StringComparison.Ordinal))) &&
        (!_filters.Has("scope") || _filters["scope"].Contains("local")) &&
        (!_filters.Has("type") || _filters["type"].Contains(network.Predefined ? "builtin" : "custom")) &&
        _filters.MatchesLabels(network.Spec.Labels) &&
        (_dangling is not { } wanted || wanted == (!network.Predefined && _isDangling(network)));
}

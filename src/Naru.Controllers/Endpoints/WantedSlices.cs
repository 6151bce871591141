using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Endpoints that share a family and ports, which is what one slice can say.</summary>
internal sealed record SliceGroup(string Family, ListValue Ports)
{
    /// <summary>The endpoints by what they are about: a pod's identity, or an address.</summary>
    public SortedDictionary<string, MapValue> Endpoints { get; } = new(StringComparer.Ordinal);

    public string Key => KeyOf(Family, Ports);

    public static string KeyOf(string family, ListValue? ports) =>
        family + " " + string.Join(' ', (ports ?? []).Maps().Select(static port => $"{port.Text("name")}|{port.Text("protocol")}|{port.Integer("port")}|{port.Text("appProtocol")}").Order(StringComparer.Ordinal));

    /// <summary>What an endpoint is about.</summary>
    public static string IdentityOf(MapValue endpoint) => $"{endpoint.Text("targetRef", "uid")} {endpoint.List("addresses")?.Texts().FirstOrDefault()}";
}

/// <summary>The slices that are to be.</summary>
internal sealed class WantedSlices
{
    private readonly Dictionary<string, SliceGroup> _groups = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, SliceGroup> Groups => _groups;

    /// <summary>Adds an endpoint.</summary>
    public void Add(string family, ListValue ports, MapValue endpoint) => GroupOf(family, ports).Endpoints[SliceGroup.IdentityOf(endpoint)] = endpoint;

    /// <summary>A family that has no endpoint has an empty slice: it says that somebody looked.</summary>
    public void AddPlaceholder(string family)
    {
        if (!_groups.Values.Any(one => one.Family == family))
        {
            GroupOf(family, []);
        }
    }

    private SliceGroup GroupOf(string family, ListValue ports)
    {
        var key = SliceGroup.KeyOf(family, ports);
        return _groups.TryGetValue(key, out var group) ? group : _groups[key] = new SliceGroup(family, ports);
    }
}

using System.Net;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>The ranges that services get their addresses from: those of the options, and of every ServiceCIDR that is not being deleted.</summary>
internal sealed class ServiceRanges
{
    private readonly Lazy<IObjects> _objects;

    public ServiceRanges(ControllersOptions options, Lazy<IObjects> objects)
    {
        _objects = objects;
        Own = [.. options.ServiceRanges.Select(static text => AddressRange.TryParse(text, out var range) ? range : throw new ArgumentException($"{text} is no range of addresses"))];
        NodePorts = PortRange.Parse(options.NodePortRange);
    }

    /// <summary>Those of the options; the first is of the cluster's own family.</summary>
    public IReadOnlyList<AddressRange> Own { get; }

    /// <summary>Ports on every node.</summary>
    public PortRange NodePorts { get; }

    /// <summary>The families that services can have, the cluster's own first.</summary>
    public IReadOnlyList<string> Families => [.. Own.Select(static one => one.Family).Concat(Added().Select(static one => one.Family)).Distinct()];

    /// <summary>The ranges of a family.</summary>
    public IReadOnlyList<AddressRange> Of(string family) => [.. Own.Concat(Added()).Where(one => one.Family == family).DistinctBy(static one => one.Network)];

    /// <summary>A service can be given the address.</summary>
    public bool Contains(IPAddress address) => Of(AddressRange.FamilyOf(address)).Any(one => one.Contains(address));

    private IEnumerable<AddressRange> Added() =>
        from one in _objects.Value.List(UpkeepResources.ServiceCidrs)
        where !one.IsEnding
        from text in one.Tree.List("spec", "cidrs")?.Texts() ?? []
        select AddressRange.TryParse(text, out var range) ? range : null into range
        where range is not null
        select range;
}

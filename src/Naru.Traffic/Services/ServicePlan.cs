using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Traffic;

namespace Naru.Traffic.Services;

/// <summary>What a service has in the table. Pure: the same routes after the same plan give the same plan.</summary>
internal sealed class ServicePlan
{
    private readonly Dictionary<string, List<ServiceTarget>> _orders = new(StringComparer.Ordinal);

    private ServicePlan(ServiceRoutes routes) => Routes = routes;

    internal ServiceRoutes Routes { get; }

    internal List<ServiceElement> Elements { get; } = [];

    /// <summary>The chains that the elements lead to; others may share them.</summary>
    internal HashSet<ServiceChain> Chains { get; } = [];

    /// <param name="routes">What is to be.</param>
    /// <param name="before">What was; null: nothing.</param>
    internal static ServicePlan Of(ServiceRoutes routes, ServicePlan? before)
    {
        var plan = new ServicePlan(routes);
        foreach (var address in routes.OwnAddresses)
        {
            plan.Elements.Add(new ServiceElement(ServiceSets.Own + FamilyOf(address), address.ToString(), null));
        }

        foreach (var frontend in routes.Frontends)
        {
            plan.Add(frontend, before);
        }

        plan.AddTargets(routes);
        plan.RemoveDoubled();
        return plan;
    }

    internal static string FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? ServiceSets.V6 : ServiceSets.V4;

    internal static bool IsPort(ServiceFrontend frontend) => frontend.Address.Equals(IPAddress.Any) || frontend.Address.Equals(IPAddress.IPv6Any);

    private static string KeyOf(ServiceFrontend frontend) =>
        IsPort(frontend) ? string.Create(CultureInfo.InvariantCulture, $"{frontend.Protocol} . {frontend.Port}") : string.Create(CultureInfo.InvariantCulture, $"{frontend.Address} . {frontend.Protocol} . {frontend.Port}");

    private void Add(ServiceFrontend frontend, ServicePlan? before)
    {
        var (family, key, isPort) = (FamilyOf(frontend.Address), KeyOf(frontend), IsPort(frontend));
        var hasOwnOutside = frontend.IsExternal && !frontend.ExternalTargets.IsDefault;
        var targets = isPort ? ServiceSets.NodeTargets : ServiceSets.Targets;
        var count = AddOrder(targets, frontend, frontend.Targets, before);
        AddLead(isPort ? ServiceSets.NodeInside : ServiceSets.Inside, isPort ? ServiceSets.NodeRefused : ServiceSets.Refused, (targets, count), frontend, frontend.WithoutTarget);
        if (frontend.IsExternal)
        {
            var outside = !hasOwnOutside ? targets : isPort ? ServiceSets.NodeOutsideTargets : ServiceSets.OutsideTargets;
            var outsideCount = hasOwnOutside ? AddOrder(outside, frontend, frontend.ExternalTargets, before) : count;
            AddLead(
                isPort ? ServiceSets.NodeOutside : ServiceSets.Outside,
                isPort ? ServiceSets.NodeOutsideRefused : ServiceSets.OutsideRefused,
                (outside, outsideCount),
                frontend,
                hasOwnOutside ? frontend.WithoutExternalTarget : frontend.WithoutTarget);
        }

        if (frontend.Affinity is { } time && family == ServiceSets.V4)
        {
            var seconds = Math.Max(1, (long)time.TotalSeconds);
            var chain = ServiceSets.Rememberer(seconds);
            Chains.Add(new ServiceChain(chain, ServiceSets.RemembererRules(seconds)));
            Elements.Add(new ServiceElement(isPort ? ServiceSets.NodeSticky : ServiceSets.Sticky, key, $"goto {chain}"));
        }

        if (frontend.Sources.Length > 0 && !isPort)
        {
            Elements.Add(new ServiceElement(ServiceSets.Guarded + family, key, null));
            foreach (var source in Apart(frontend.Sources, frontend.Address.AddressFamily))
            {
                Elements.Add(new ServiceElement(ServiceSets.Sources + family, $"{key} . {source}", null));
            }
        }
    }

    // The kernel takes no ranges that lie within others.
    private static List<IPNetwork> Apart(ImmutableArray<IPNetwork> sources, AddressFamily family)
    {
        var kept = new List<IPNetwork>();
        foreach (var source in sources.Where(source => source.BaseAddress.AddressFamily == family).OrderBy(static source => source.PrefixLength))
        {
            if (!kept.Exists(wider => wider.Contains(source.BaseAddress)))
            {
                kept.Add(source);
            }
        }

        return kept;
    }

    private int AddOrder(string kind, ServiceFrontend frontend, IReadOnlyCollection<ServiceTarget> wanted, ServicePlan? before)
    {
        var set = ServiceSets.TargetsOf(kind, FamilyOf(frontend.Address), frontend.Protocol);
        var key = IsPort(frontend) ? string.Create(CultureInfo.InvariantCulture, $"{frontend.Port}") : string.Create(CultureInfo.InvariantCulture, $"{frontend.Address} . {frontend.Port}");
        var name = $"{set} {key}";
        var order = TargetOrder.Arrange(before?._orders.GetValueOrDefault(name) ?? [], wanted);
        _orders[name] = order;
        for (var number = 0; number < order.Count; number++)
        {
            Elements.Add(new ServiceElement(set, string.Create(CultureInfo.InvariantCulture, $"{key} . {number}"), string.Create(CultureInfo.InvariantCulture, $"{order[number].Address} . {order[number].Port}")));
        }

        return order.Count;
    }

    private void AddLead(string places, string refused, (string Kind, int Count) choice, ServiceFrontend frontend, WithoutTarget without)
    {
        var (family, key) = (FamilyOf(frontend.Address), KeyOf(frontend));
        if (choice.Count == 0)
        {
            Elements.Add(new ServiceElement(refused + family, key, without == WithoutTarget.Drop ? "drop" : "goto refuse"));
            return;
        }

        var isSticky = frontend.Affinity is not null;
        var chain = ServiceSets.Chooser(ServiceSets.TargetsOf(choice.Kind, family, frontend.Protocol), choice.Count, isSticky);
        Chains.Add(new ServiceChain(chain, ServiceSets.ChooserRules(choice.Kind, family, frontend.Protocol, choice.Count, isSticky)));
        Elements.Add(new ServiceElement(places + family, key, $"goto {chain}"));
    }

    // The first counts where a service names a place twice.
    private void RemoveDoubled()
    {
        var seen = new HashSet<(string, string)>(Elements.Count);
        Elements.RemoveAll(element => !seen.Add((element.Set, element.Key)));
    }

    private void AddTargets(ServiceRoutes routes)
    {
        var all = routes.Frontends.SelectMany(static one => one.ExternalTargets.IsDefault ? one.Targets : one.Targets.AddRange(one.ExternalTargets)).Where(static one => !IPAddress.IsLoopback(one.Address));
        foreach (var (address, isHere) in all.Select(static one => (one.Address, one.IsHere)).Distinct())
        {
            var family = FamilyOf(address);
            Elements.Add(isHere ? new ServiceElement(ServiceSets.Self + family, $"{address} . {address}", null) : new ServiceElement(ServiceSets.Remote + family, address.ToString(), null));
        }
    }
}

using System.Net;
using Naru.Core.Traffic;

namespace Naru.Traffic.Services;

/// <summary>What a change of services means for those who use them already.</summary>
internal sealed class LeftTargets
{
    /// <summary>Places with affinity and targets that they lost: clients must be led anew.</summary>
    internal HashSet<(string Address, string Protocol, ushort Port, string Target)> Kept { get; } = [];

    /// <summary>Targets of datagrams that left.</summary>
    internal HashSet<(IPAddress Place, ushort Port, IPAddress Target)> Datagrams { get; } = [];

    /// <summary>Places for datagrams where nobody answered before: flows that went nowhere are remembered as such.</summary>
    internal HashSet<(IPAddress Place, ushort Port)> NewPlaces { get; } = [];

    /// <summary>Notes what differs.</summary>
    internal void Compare(ServiceRoutes? before, ServiceRoutes? now)
    {
        var after = (now?.Frontends ?? []).GroupBy(static one => (one.Address, one.Protocol, one.Port)).ToDictionary(static one => one.Key, static one => one.First());
        foreach (var old in before?.Frontends ?? [])
        {
            var current = after.GetValueOrDefault((old.Address, old.Protocol, old.Port));
            var staying = current is null ? [] : TargetsOf(current).ToHashSet();
            foreach (var target in TargetsOf(old).Where(target => !staying.Contains(target)))
            {
                if (old.Affinity is not null && ServicePlan.FamilyOf(old.Address) == ServiceSets.V4)
                {
                    Kept.Add((ServicePlan.IsPort(old) ? "" : old.Address.ToString(), old.Protocol, old.Port, $"{target.Address} {target.Port}"));
                }

                if (old.Protocol == "udp")
                {
                    Datagrams.Add((old.Address, old.Port, target.Address));
                }
            }
        }

        var had = (before?.Frontends ?? []).Where(static one => TargetsOf(one).Any()).Select(static one => (one.Address, one.Protocol, one.Port)).ToHashSet();
        foreach (var made in after.Values.Where(one => one.Protocol == "udp" && TargetsOf(one).Any() && !had.Contains((one.Address, one.Protocol, one.Port))))
        {
            NewPlaces.Add((made.Address, made.Port));
        }
    }

    private static IEnumerable<ServiceTarget> TargetsOf(ServiceFrontend frontend) => frontend.ExternalTargets.IsDefault ? frontend.Targets : frontend.Targets.Concat(frontend.ExternalTargets).Distinct();
}

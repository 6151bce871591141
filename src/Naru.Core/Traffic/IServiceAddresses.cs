using System.Net;

namespace Naru.Core.Traffic;

/// <summary>Addresses that this host answers for, beside its own: those of services of type LoadBalancer.</summary>
public interface IServiceAddresses
{
    /// <summary>Puts these on the host and takes all others off it that were put there before, by this or an earlier run. New ones are announced to the neighbours (gratuitous
    /// ARP, unsolicited neighbour advertisement). May be repeated; one at a time.</summary>
    Task SetAsync(IReadOnlyCollection<IPAddress> addresses, CancellationToken cancellationToken);
}

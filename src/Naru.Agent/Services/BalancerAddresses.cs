using System.Net;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>The addresses of load balancers that this node answers for. Pure.</summary>
internal static class BalancerAddresses
{
    /// <summary>Those of services that were given one, but where only nodes with an endpoint are to answer and this one has none.</summary>
    public static HashSet<IPAddress> Of(IEnumerable<ServiceSight> services)
    {
        var found = new HashSet<IPAddress>();
        foreach (var sight in services.Where(static one => one.Service.Text("spec", "type") == "LoadBalancer" && one.Service.Text("spec", "loadBalancerClass") is null))
        {
            if (sight.Service.Text("spec", "externalTrafficPolicy") == "Local" && LocalEndpoints.Count(sight) == 0)
            {
                continue;
            }

            foreach (var ingress in sight.Service.Maps("status", "loadBalancer", "ingress").Where(static one => one.Text("ipMode") != "Proxy"))
            {
                if (IPAddress.TryParse(ingress.Text("ip"), out var address))
                {
                    found.Add(address);
                }
            }
        }

        return found;
    }
}

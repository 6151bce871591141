using System.Net;
using System.Net.Sockets;

namespace Naru.Configuration;

/// <summary>The ranges of pods and services as they are used: those of the options, and where there are none the usual ones, of both families on a host that has IPv6.</summary>
/// <param name="Pods">Ranges of pods, the cluster's own family first.</param>
/// <param name="Services">Ranges of services, likewise.</param>
internal sealed record ClusterRanges(IReadOnlyList<string> Pods, IReadOnlyList<string> Services)
{
    private const string PodsV4 = "10.244.0.0/16", PodsV6 = "fd00:10:244::/56";
    private const string ServicesV4 = "10.96.0.0/12", ServicesV6 = "fd00:10:96::/112";

    /// <summary>The ranges on this host.</summary>
    public static ClusterRanges Of(NaruOptions options) => Of(options, HostHasV6());

    /// <summary>The ranges on a host with IPv6 or without. Pure.</summary>
    public static ClusterRanges Of(NaruOptions options, bool hasV6)
    {
        var services = options.ServiceRanges;
        var isV6First = services.Count > 0 && IsV6(services[0]);
        IReadOnlyList<string> pods = options.PodRanges.Count > 0 ? options.PodRanges : isV6First ? [PodsV6, PodsV4] : hasV6 ? [PodsV4, PodsV6] : [PodsV4];

        // A service's address of a family that no pod has would lead nowhere.
        return new ClusterRanges(pods, services.Count > 0 ? services : [.. pods.Select(static range => IsV6(range) ? ServicesV6 : ServicesV4)]);
    }

    private static bool IsV6(string range) => IPNetwork.Parse(range).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool HostHasV6()
    {
        try
        {
            return File.ReadAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6").Trim() == "0";
        }
        catch (IOException)
        {
            // A kernel without it.
            return false;
        }
    }
}

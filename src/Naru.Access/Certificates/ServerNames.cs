using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;

namespace Naru.Access.Certificates;

/// <summary>Under which names and addresses the API server is reached.</summary>
internal static class ServerNames
{
    public static SubjectAlternativeNameBuilder Of(AccessOptions options)
    {
        var names = new List<string> { "kubernetes", "kubernetes.default", "kubernetes.default.svc", $"kubernetes.default.svc.{options.ClusterDomain}", "localhost", Environment.MachineName.ToLowerInvariant() };
        var addresses = new List<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        addresses.AddRange(options.ServiceRange.Split(',', StringSplitOptions.TrimEntries).Select(FirstOf));
        addresses.AddRange(options.ListenAddress.Equals(IPAddress.Any) || options.ListenAddress.Equals(IPAddress.IPv6Any) ? OwnAddresses() : [options.ListenAddress]);
        foreach (var more in options.ServerNames)
        {
            if (IPAddress.TryParse(more, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                names.Add(more);
            }
        }

        var builder = new SubjectAlternativeNameBuilder();
        names.Distinct(StringComparer.Ordinal).ToList().ForEach(builder.AddDnsName);
        addresses.Distinct().ToList().ForEach(builder.AddIpAddress);
        return builder;
    }

    /// <summary>The first usable address of a range.</summary>
    public static IPAddress FirstOf(string range)
    {
        var bytes = IPNetwork.Parse(range).BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }

    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static link => link.GetIPProperties().UnicastAddresses)
            .Select(static unicast => unicast.Address)
            .Where(static address => !address.IsIPv6LinkLocal)
            .OrderBy(static address => address.ToString(), StringComparer.Ordinal);
}

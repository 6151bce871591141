using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Naru.Core.Hosts;

namespace Naru.Agent.Nodes;

/// <summary>Who this node is: its name and its addresses.</summary>
internal sealed class NodeIdentity(AgentOptions options, IHost host)
{
    private string? _name;
    private IReadOnlyList<string>? _addresses;

    /// <summary>Name of the Node object.</summary>
    public string Name => _name ??= options.NodeName.Length > 0 ? options.NodeName : NameFrom(host.Read().Name);

    /// <summary>The host's addresses, one for each family that it has, the cluster's own family first; of several the one with a way out.</summary>
    public IReadOnlyList<string> Addresses => _addresses ??= InOrder(Find(), options.PodRanges);

    /// <summary>A host's name as a node's: lower case, and only what names may hold.</summary>
    public static string NameFrom(string hostName)
    {
        var letters = hostName.ToLowerInvariant().Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '-');
        var name = string.Concat(letters).Trim('-', '.');
        return name.Length > 0 ? name : "node";
    }

    /// <summary>Addresses in the order of the cluster's families: that of the first range of pods comes first.</summary>
    public static IReadOnlyList<string> InOrder(IReadOnlyList<string> addresses, IReadOnlyList<string> ranges) =>
        ranges.Count > 0 && ranges[0].Contains(':', StringComparison.Ordinal) ? [.. addresses.OrderByDescending(static one => one.Contains(':', StringComparison.Ordinal))] : addresses;

    private static List<string> Find()
    {
        var found = NetworkInterface.GetAllNetworkInterfaces()
            .Where(static one => one.NetworkInterfaceType != NetworkInterfaceType.Loopback && one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .Select(static one => one.GetIPProperties())
            .OrderByDescending(static one => one.GatewayAddresses.Count)
            .SelectMany(static one => one.UnicastAddresses)
            .Select(static one => one.Address)
            .Where(static one => !IPAddress.IsLoopback(one) && !one.IsIPv6LinkLocal)
            .ToList();
        var four = found.Find(static one => one.AddressFamily == AddressFamily.InterNetwork) ?? IPAddress.Loopback;
        var six = found.Find(static one => one.AddressFamily == AddressFamily.InterNetworkV6);
        return six is null ? [four.ToString()] : [four.ToString(), six.ToString()];
    }
}

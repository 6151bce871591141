using Naru.Linux.Namespaces;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Networks;

/// <summary>The elements in the rules that a network needs.</summary>
internal static class NetworkElements
{
    /// <param name="network">The network.</param>
    /// <param name="bridgeTrafficIsSeen">The kernel shows traffic between two ports of a bridge to the rules (br_netfilter).</param>
    internal static RuleChange Of(LiveNetwork network, bool bridgeTrafficIsSeen)
    {
        var change = new RuleChange();
        if (!network.IsBridge)
        {
            return change;
        }

        var bridge = $"\"{network.Document.Interface}\"";
        change.Add(RuleSet.Bridges, bridge).Add(RuleSet.Local, $"{bridge} . {bridge}", network.Settings.Icc ? "accept" : "jump inbound");
        if (network.Spec.Internal)
        {
            change.Add(RuleSet.Internal, bridge);
        }

        foreach (var subnet in network.Subnets)
        {
            var routed = subnet.IsV6 ? network.Settings.IsRoutedV6 : network.Settings.IsRoutedV4;
            if (network.Settings.Masquerade && !network.Spec.Internal && !routed)
            {
                change.Add(subnet.IsV6 ? RuleSet.Masquerade6 : RuleSet.Masquerade4, subnet.ToString());
            }

            if (routed)
            {
                change.Add(subnet.IsV6 ? RuleSet.Routed6 : RuleSet.Routed4, bridge);
            }

            if (!bridgeTrafficIsSeen && !network.Settings.ThroughHost)
            {
                change.Add(subnet.IsV6 ? RuleSet.Hairpin6 : RuleSet.Hairpin4, $"{subnet} . {subnet}");
            }
        }

        return change;
    }

    /// <summary>Reads whether bridged traffic is seen, in the namespace of the calling thread.</summary>
    internal static bool ReadBridgeTrafficIsSeen() => KernelSetting.Read("net/bridge/bridge-nf-call-iptables") == "1" && KernelSetting.Read("net/bridge/bridge-nf-call-ip6tables") == "1";
}

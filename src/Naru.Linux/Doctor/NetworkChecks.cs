using System.Text.Json.Nodes;
using Naru.Linux.Nftables;

namespace Naru.Linux.Doctor;

/// <summary>Whether containers will reach each other and the world.</summary>
internal static class NetworkChecks
{
    public static IEnumerable<HostCheck> All()
    {
        yield return new HostCheck { Area = "network", Name = "nftables", Inspect = () => WithRuleset(_ => HostFinding.Good("the kernel answers")) };
        yield return new HostCheck { Area = "network", Name = "firewall", Inspect = () => WithRuleset(Firewall) };
        yield return new HostCheck { Area = "network", Name = "other-engine", Inspect = OtherEngine };
    }

    private static HostFinding WithRuleset(Func<JsonArray, HostFinding> judge)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return HostFinding.Notice("reading the firewall needs root", "run as root");
        }

        try
        {
            using var nftables = NftablesContext.Open();
            var answer = JsonNode.Parse(nftables.RunJson("list ruleset"))?["nftables"]?.AsArray() ?? [];
            return judge(answer);
        }
        catch (Exception exception) when (exception is NftablesException or DllNotFoundException or System.Text.Json.JsonException)
        {
            return HostFinding.Bad($"nftables does not work: {exception.Message}", "apt-get install libnftables1, and use a kernel with nf_tables");
        }
    }

    private static HostFinding Firewall(JsonArray ruleset)
    {
        var dropping = ruleset
            .Select(item => item?["chain"])
            .Where(chain => Text(chain, "hook") == "forward" && Text(chain, "policy") == "drop")
            .Select(chain => $"{Text(chain, "family")} {Text(chain, "table")} {Text(chain, "name")}")
            .ToArray();
        return dropping.Length == 0
            ? HostFinding.Good("no chain drops forwarded packets by default")
            : HostFinding.Notice(
                $"chain {string.Join(", ", dropping)} drops forwarded packets: the host's firewall decides what containers reach",
                "allow the bridges there, for example: nft insert rule ip filter FORWARD iifname \"naru*\" accept; the same for oifname, and for networks of users with \"br-*\"");
    }

    private static HostFinding OtherEngine() =>
        File.Exists("/var/run/docker.pid")
            ? HostFinding.Notice("dockerd runs here too; both work, but its firewall drops what it does not know", "stop dockerd when it is no longer needed")
            : HostFinding.Good("no other container engine runs");

    private static string? Text(JsonNode? node, string name) => node?[name]?.GetValue<string>();
}

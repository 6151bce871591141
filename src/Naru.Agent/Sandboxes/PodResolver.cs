using System.Net;
using System.Text;
using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>The resolver's configuration of a pod, by its DNS policy. Pure.</summary>
internal static class PodResolver
{
    private const int MostServers = 3, MostSearch = 32;

    /// <summary>The text of resolv.conf; null where the network's own is to be used.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="options">The cluster's name servers and domain.</param>
    /// <param name="hostFile">Reads the host's own configuration.</param>
    public static string? Render(PodView pod, AgentOptions options, Func<string> hostFile)
    {
        var policy = pod.Spec.Text("dnsPolicy") ?? "ClusterFirst";
        var own = pod.Spec.Map("dnsConfig");
        List<string> servers = [], search = [], flags = [];
        if (policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !pod.HostNetwork))
        {
            if (options.ClusterDns.Count == 0 && own is null)
            {
                return null;
            }

            Read(hostFile(), servers, search, flags);
            if (options.ClusterDns.Count > 0)
            {
                // The host's search domains stay, behind the cluster's; its servers and options do not.
                servers = [.. options.ClusterDns];
                flags.Clear();
            }

            string[] cluster = [$"{pod.Namespace}.svc.{options.ClusterDomain}", $"svc.{options.ClusterDomain}", options.ClusterDomain];
            search.RemoveAll(cluster.Contains);
            search.InsertRange(0, cluster);
            flags.Add("ndots:5");
        }
        else if (policy != "None")
        {
            Read(hostFile(), servers, search, flags);
            if (!pod.HostNetwork && options.ClusterDns.Count > 0 && servers.TrueForAll(IsLoopback))
            {
                // What the host has on its loopback cannot be reached from inside; the cluster's server asks it.
                servers = [.. options.ClusterDns];
            }
        }

        Merge(own, servers, search, flags);
        return Text([.. servers.Take(MostServers)], [.. search.Take(MostSearch)], flags);
    }

    private static bool IsLoopback(string server) => IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address);

    private static void Merge(MapValue? own, List<string> servers, List<string> search, List<string> flags)
    {
        Union(servers, own?.List("nameservers")?.Texts());
        Union(search, own?.List("searches")?.Texts());
        foreach (var option in own?.Maps("options") ?? [])
        {
            var name = option.Text("name") ?? "";
            flags.RemoveAll(one => one == name || one.StartsWith(name + ":", StringComparison.Ordinal));
            flags.Add(option.Text("value") is { } value ? $"{name}:{value}" : name);
        }
    }

    private static void Union(List<string> list, IEnumerable<string>? further) => list.AddRange((further ?? []).Where(one => !list.Contains(one)).ToList());

    private static void Read(string file, List<string> servers, List<string> search, List<string> flags)
    {
        foreach (var line in file.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                continue;
            }

            switch (words[0])
            {
                case "nameserver":
                    servers.Add(words[1]);
                    break;
                case "search" or "domain":
                    search.Clear();
                    search.AddRange(words[1..].Select(static word => word.Length > 1 ? word.TrimEnd('.') : word).Where(static word => word != "."));
                    break;
                case "options":
                    flags.AddRange(words[1..]);
                    break;
            }
        }
    }

    private static string Text(List<string> servers, List<string> search, List<string> flags)
    {
        var text = new StringBuilder();
        if (search.Count > 0)
        {
            text.Append("search ").AppendJoin(' ', search).Append('\n');
        }

        servers.ForEach(server => text.Append("nameserver ").Append(server).Append('\n'));
        if (flags.Count > 0)
        {
            text.Append("options ").AppendJoin(' ', flags).Append('\n');
        }

        return text.ToString();
    }
}

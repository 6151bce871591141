using System.Text;
using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Sandboxes;

/// <summary>The resolver's configuration of a pod, by its DNS policy. Pure.</summary>
internal static class PodResolver
{
    /// <summary>The text of resolv.conf; null where the network's own is to be used.</summary>
    public static string? Render(PodView pod, AgentOptions options, Func<string> hostFile)
    {
        var policy = pod.Spec.Text("dnsPolicy") ?? "ClusterFirst";
        var own = pod.Spec.Map("dnsConfig");
        List<string> servers = [], search = [], flags = [];
        if (policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !pod.HostNetwork))
        {
            if (options.ClusterDns.Count == 0)
            {
                if (own is null)
                {
                    return null;
                }

                Read(hostFile(), servers, search, flags);
            }

            servers.AddRange(options.ClusterDns);
            search.InsertRange(0, [$"{pod.Namespace}.svc.{options.ClusterDomain}", $"svc.{options.ClusterDomain}", options.ClusterDomain]);
            flags.Add("ndots:5");
        }
        else if (policy != "None")
        {
            Read(hostFile(), servers, search, flags);
        }

        Merge(own, servers, search, flags);
        return Text(servers, search, flags);
    }

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

            if (words[0] == "search")
            {
                search.Clear();
            }

            (words[0] switch { "nameserver" => servers, "search" => search, "options" => flags, _ => [] }).AddRange(words[1..]);
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

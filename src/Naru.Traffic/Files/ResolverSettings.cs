using Naru.Traffic.Addresses;

namespace Naru.Traffic.Files;

/// <summary>What a resolv.conf says.</summary>
internal sealed record ResolverSettings
{
    internal IReadOnlyList<string> Servers { get; init; } = [];

    internal IReadOnlyList<string> Search { get; init; } = [];

    internal IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Reads the text of a resolv.conf(5); what it does not know it leaves out.</summary>
    internal static ResolverSettings Parse(string text)
    {
        var servers = new List<string>();
        string[] search = [], options = [];
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "nameserver" when words.Length > 1:
                    servers.Add(words[1]);
                    break;
                case "search" or "domain":
                    search = words[1..];
                    break;
                case "options":
                    options = [.. options, .. words[1..]];
                    break;
            }
        }

        return new ResolverSettings { Servers = servers, Search = search, Options = options };
    }

    /// <summary>Servers that a container can reach itself: no loopback addresses, none bound to an interface of the host.</summary>
    internal IReadOnlyList<string> ReachableServers => [.. Servers.Where(static server => Subnet.TryParseAddress(server, out var address) && !System.Net.IPAddress.IsLoopback(address))];

    internal string Render()
    {
        var text = new System.Text.StringBuilder("# Written by Naru; it is written anew when the container's networks change.\n");
        foreach (var server in Servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (Search.Count > 0 && Search is not ["."])
        {
            text.Append("search ").AppendJoin(' ', Search).Append('\n');
        }

        if (Options.Count > 0)
        {
            text.Append("options ").AppendJoin(' ', Options).Append('\n');
        }

        return text.ToString();
    }
}

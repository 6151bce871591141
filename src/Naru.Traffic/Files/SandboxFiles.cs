using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Files;

/// <summary>The hosts, hostname and resolv.conf files of containers, as Docker makes them.</summary>
internal sealed class SandboxFiles(TrafficOptions options)
{
    internal const string NameServerInside = "127.0.0.11";
    private const string Loopback = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    internal static string HostsPath(string directory) => Path.Combine(directory, "hosts");

    internal static string HostnamePath(string directory) => Path.Combine(directory, "hostname");

    internal static string ResolvConfPath(string directory) => Path.Combine(directory, "resolv.conf");

    /// <summary>The host's own resolver settings, or those of the engine's configuration.</summary>
    internal ResolverSettings HostResolver()
    {
        var host = File.Exists(options.HostResolvConf) ? ResolverSettings.Parse(File.ReadAllText(options.HostResolvConf)) : new ResolverSettings();
        return options.Dns.Count > 0 ? host with { Servers = options.Dns } : host;
    }

    /// <summary>True where the container asks Naru: on user networks, and where the host's servers are its own loopback.</summary>
    internal bool NeedsNameServer(ContainerNetworkSpec spec, bool onUserNetwork) => onUserNetwork || (spec.Dns.IsEmpty && HostResolver().ReachableServers.Count == 0);

    internal static void WriteHostname(SandboxRequest request)
    {
        Directory.CreateDirectory(request.FilesDirectory);
        InPlaceFile.Write(HostnamePath(request.FilesDirectory), request.Hostname + "\n");
    }

    internal void WriteResolvConf(SandboxRequest request, string? nameServer, bool usesHostNetwork)
    {
        var spec = request.Network;
        var host = HostResolver();
        var settings = new ResolverSettings
        {
            Servers = nameServer is not null ? [nameServer] : !spec.Dns.IsEmpty ? spec.Dns : usesHostNetwork ? host.Servers : host.ReachableServers,
            Search = !spec.DnsSearch.IsEmpty ? spec.DnsSearch : options.DnsSearch.Count > 0 ? options.DnsSearch : host.Search,
            Options = !spec.DnsOptions.IsEmpty ? spec.DnsOptions : options.DnsOptions.Count > 0 ? options.DnsOptions : host.Options,
        };
        if (nameServer is not null && !settings.Options.Any(static option => option.StartsWith("ndots:", StringComparison.Ordinal)))
        {
            settings = settings with { Options = [.. settings.Options, "ndots:0"] };
        }

        InPlaceFile.Write(ResolvConfPath(request.FilesDirectory), settings.Render());
    }

    /// <param name="request">What the container asked for.</param>
    /// <param name="endpoints">Its endpoints, in order.</param>
    /// <param name="links">Further lines: address, names.</param>
    /// <param name="hostGateway">What host-gateway stands for.</param>
    /// <param name="usesHostNetwork">Begin with the host's own file.</param>
    internal void WriteHosts(SandboxRequest request, IEnumerable<Endpoint> endpoints, IEnumerable<(string Address, string Names)> links, string hostGateway, bool usesHostNetwork)
    {
        var text = new StringBuilder(usesHostNetwork && File.Exists(options.HostHosts) ? File.ReadAllText(options.HostHosts).TrimEnd('\n') + "\n" : Loopback);
        foreach (var (name, address) in request.Network.ExtraHosts.Select(ParseExtraHost))
        {
            text.Append(address == "host-gateway" ? hostGateway : address).Append('\t').Append(name).Append('\n');
        }

        foreach (var (address, names) in links)
        {
            text.Append(address).Append('\t').Append(names).Append('\n');
        }

        var self = request.DomainName.Length > 0 ? $"{request.Hostname}.{request.DomainName} {request.Hostname}" : request.Hostname.Contains('.', StringComparison.Ordinal) ? $"{request.Hostname} {request.Hostname.Split('.')[0]}" : request.Hostname;
        foreach (var address in endpoints.SelectMany(static endpoint => new[] { endpoint.IPv4Address, endpoint.IPv6Address }).Where(static address => address.Length > 0))
        {
            text.Append(address).Append('\t').Append(self).Append('\n');
        }

        InPlaceFile.Write(HostsPath(request.FilesDirectory), text.ToString());
    }

    /// <summary>Reads <c>name:address</c>; <see cref="ErrorKind.InvalidArgument"/> in Docker's words.</summary>
    internal static (string Name, string Address) ParseExtraHost(string text)
    {
        var separator = text.IndexOfAny(['=', ':']);
        var (name, address) = separator > 0 ? (text[..separator], text[(separator + 1)..].Trim('[', ']')) : ("", "");
        if (name.Length == 0 || name.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '#'))
        {
            throw NaruException.Invalid($"bad format for add-host: \"{text}\"");
        }

        return address == "host-gateway" || Subnet.TryParseAddress(address, out _) ? (name, address) : throw NaruException.Invalid($"invalid IP address in add-host: \"{address}\"");
    }
}

using System.Collections.Immutable;
using System.Net;
using Naru.Core.Images;

namespace Naru.Images.Registries;

/// <summary>Where a registry answers, and what may be forgiven there.</summary>
internal sealed class RegistryHosts(ImagesOptions options)
{
    private const string DockerHub = "registry-1.docker.io";

    /// <summary>The addresses to try, in order. An insecure registry is tried with TLS first, then without.</summary>
    internal ImmutableArray<RegistryEndpoint> Find(string registry, bool withMirrors)
    {
        var found = ImmutableArray.CreateBuilder<RegistryEndpoint>();
        if (withMirrors && options.Mirrors.TryGetValue(registry, out var mirrors))
        {
            foreach (var mirror in mirrors.Select(text => new Uri(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}")))
            {
                found.Add(new(mirror, mirror.Authority, IsInsecure(mirror.Authority), IsMirror: true));
            }
        }

        var host = registry == ImageReference.DefaultRegistry ? DockerHub : registry;
        var insecure = IsInsecure(host);
        found.Add(new(new($"https://{host}"), host, insecure, IsMirror: false));
        if (insecure)
        {
            found.Add(new(new($"http://{host}"), host, insecure, IsMirror: false));
        }

        return found.ToImmutable();
    }

    /// <summary>Loopback always is, as with docker; else by the list.</summary>
    internal bool IsInsecure(string host)
    {
        var name = NameOf(host);
        if (name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address)))
        {
            return true;
        }

        return options.InsecureRegistries.Any(entry =>
            entry == host || entry == name
            || (IPNetwork.TryParse(entry, out var network) && IPAddress.TryParse(name, out var inside) && network.Contains(inside)));
    }

    private static string NameOf(string host)
    {
        if (host.StartsWith('['))
        {
            return host[1..host.IndexOf(']', StringComparison.Ordinal)];
        }

        var colon = host.LastIndexOf(':');
        return colon < 0 ? host : host[..colon];
    }
}

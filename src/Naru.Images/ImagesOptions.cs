using System.Collections.Immutable;
using Naru.Linux.Archives;

namespace Naru.Images;

/// <summary>How images are fetched and kept.</summary>
public sealed class ImagesOptions
{
    /// <summary>
    /// Registries that may be spoken to without TLS or without a certificate that this host trusts: "host", "host:port" or an address range
    /// such as "10.0.0.0/8". Loopback addresses and "localhost" always may, as with docker.
    /// </summary>
    public ImmutableArray<string> InsecureRegistries { get; init; } = [];

    /// <summary>Base addresses that are asked before a registry itself when pulling, by the registry's name ("docker.io").</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Mirrors { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Directories that hold a directory per registry with *.crt (authorities), *.cert and *.key (client certificates), read at each use.</summary>
    public ImmutableArray<string> CertificateDirectories { get; init; } = ["/etc/docker/certs.d", "/etc/naru/certs.d"];

    /// <summary>How long a connection to a registry, with its TLS handshake, may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a registry may stay silent: before it answers, or in the middle of a blob.</summary>
    public TimeSpan RegistryTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Layers that one pull fetches at a time.</summary>
    public int ConcurrentDownloads { get; init; } = 4;

    /// <summary>Layers that one push sends at a time.</summary>
    public int ConcurrentUploads { get; init; } = 3;

    /// <summary>What a layer may be before it is refused as hostile.</summary>
    public TarLimits Limits { get; init; } = new();
}

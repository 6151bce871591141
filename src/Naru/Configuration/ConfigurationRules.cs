using System.Net;

namespace Naru.Configuration;

/// <summary>Rules that join several options.</summary>
internal static class ConfigurationRules
{
    // The kernel's limit for the path of a unix socket is 107 bytes; the longest one we make is RUN/docker.sock or RUN/sockets/NAME.sock.
    private const int LongestRunDirectory = 64;

    /// <exception cref="ConfigurationException">A rule is broken.</exception>
    public static void Check(NaruOptions options)
    {
        if (options.RunDirectory.Length > LongestRunDirectory)
        {
            throw new ConfigurationException($"run-dir: \"{options.RunDirectory}\" is longer than {LongestRunDirectory} characters, too long for the sockets in it");
        }

        if (options.DataDirectory == options.RunDirectory || IsInside(options.DataDirectory, options.RunDirectory))
        {
            throw new ConfigurationException($"data-dir: \"{options.DataDirectory}\" must not lie in run-dir \"{options.RunDirectory}\"");
        }

        var files = new[] { options.DockerTlsCa, options.DockerTlsCert, options.DockerTlsKey };
        var given = files.Count(file => file is not null);
        if (given is not (0 or 3))
        {
            throw new ConfigurationException("docker-tls-ca, docker-tls-cert and docker-tls-key belong together: give all three or none");
        }

        if (given == 3 && options.DockerTlsAddress is null)
        {
            throw new ConfigurationException("docker-tls-cert is given but docker-tls-address is not");
        }

        if (options.EtcdEndpoints.Count == 0 && (options.EtcdCa ?? options.EtcdCert ?? options.EtcdKey) is not null)
        {
            throw new ConfigurationException("etcd-ca, etcd-cert and etcd-key need etcd-endpoint");
        }

        if (options.EtcdCert is null != options.EtcdKey is null)
        {
            throw new ConfigurationException("etcd-cert and etcd-key belong together: give both or none");
        }

        if (options.OidcIssuer is null != options.OidcClientId is null)
        {
            throw new ConfigurationException("oidc-issuer and oidc-client-id belong together: give both or none");
        }

        var ranges = ClusterRanges.Of(options);
        foreach (var (service, pod) in ranges.Services.SelectMany(_ => ranges.Pods, static (one, other) => (one, other)))
        {
            if (Overlap(IPNetwork.Parse(service), IPNetwork.Parse(pod)))
            {
                throw new ConfigurationException($"service-range: \"{service}\" overlaps pod-range \"{pod}\"");
            }
        }

        files = [.. files, options.EtcdCa, options.EtcdCert, options.EtcdKey, options.AuditPolicy, options.OidcCa];
        foreach (var missing in files.OfType<string>().Where(file => !File.Exists(file)))
        {
            throw new ConfigurationException($"\"{missing}\" does not exist");
        }
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    private static bool IsInside(string path, string directory) => path.StartsWith(directory + "/", StringComparison.Ordinal);
}

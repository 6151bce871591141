using System.Collections.Concurrent;
using System.Net.Security;
using Naru.Ingress.Routing;

namespace Naru.Ingress.Certificates;

/// <summary>Which certificate is shown for which name. One thread writes, by source; handshakes read.</summary>
internal sealed class CertificateTable(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SecretCertificate[]> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dictionary<SourceKey, List<SecretCertificate>>> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SourceKey, IReadOnlyList<HostCertificate>> _sources = [];
    private readonly Lazy<ServerIdentity> _nobody = new(() => ServerIdentity.SelfSigned(time));

    /// <summary>Replaces what a source names; none takes it out.</summary>
    public void Set(SourceKey source, IReadOnlyList<HostCertificate> certificates)
    {
        var dirty = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (host, _) in _sources.GetValueOrDefault(source, []))
        {
            dirty.Add(host);
            _parts.GetValueOrDefault(host)?.Remove(source);
        }

        foreach (var (host, certificate) in certificates)
        {
            dirty.Add(host);
            var parts = _parts.TryGetValue(host, out var there) ? there : _parts[host] = [];
            (parts.TryGetValue(source, out var list) ? list : parts[source] = []).Add(certificate);
        }

        if (certificates.Count == 0)
        {
            _sources.Remove(source);
        }
        else
        {
            _sources[source] = certificates;
        }

        foreach (var host in dirty)
        {
            Publish(host);
        }
    }

    /// <summary>Whether there is a certificate for a name.</summary>
    public bool Has(string host) => Find(host) is not null;

    /// <summary>What the handshake with a client that asks for a name is made with.</summary>
    public SslServerAuthenticationOptions For(string? name) => (Find(name ?? "") ?? Usable("") ?? _nobody.Value).Options;

    private ServerIdentity? Find(string name)
    {
        if (Usable(name) is { } exact)
        {
            return exact;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            if (Usable(string.Concat("*", name.AsSpan(dot))) is { } wild)
            {
                return wild;
            }
        }

        return null;
    }

    private void Publish(string host)
    {
        if (_parts.GetValueOrDefault(host) is { Count: > 0 } parts)
        {
            _hosts[host] = [.. parts.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal).SelectMany(static pair => pair.Value).Distinct()];
            return;
        }

        _parts.Remove(host);
        _hosts.TryRemove(host, out _);
    }

    private ServerIdentity? Usable(string host)
    {
        foreach (var certificate in _hosts.GetValueOrDefault(host, []))
        {
            if (certificate.Identity is { } identity)
            {
                return identity;
            }
        }

        return null;
    }
}

/// <summary>A certificate for a name: exact, with a wildcard, or empty for every name that has none of its own.</summary>
internal readonly record struct HostCertificate(string Host, SecretCertificate Certificate);

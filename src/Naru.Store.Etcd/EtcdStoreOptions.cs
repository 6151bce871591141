using System.Collections.Immutable;

namespace Naru.Store.Etcd;

/// <summary>Where etcd is and how it is spoken to.</summary>
public sealed class EtcdStoreOptions
{
    /// <summary>Addresses of its members, as <c>https://10.0.0.1:2379</c>. When one does not answer the next is asked.</summary>
    public required ImmutableArray<Uri> Endpoints { get; init; }

    /// <summary>What every key of this cluster starts with in etcd. Ends in a slash.</summary>
    public string Prefix { get; init; } = "/naru/";

    /// <summary>File (PEM) with the authorities that etcd's certificate is to be from; null for those of the host.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>File (PEM) with the certificate that is shown to etcd; null for none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>File (PEM) with its key; null if it is in the same file.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Name for etcd's own login; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password of <see cref="User"/>.</summary>
    public string? Password { get; init; }

    /// <summary>How long a request may take before etcd counts as not answering.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often history is forgotten; what is older than one to two periods goes. Of several servers one does it.</summary>
    public TimeSpan CompactionPeriod { get; init; } = TimeSpan.FromMinutes(5);
}

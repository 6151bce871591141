namespace Naru.Ingress;

/// <summary>How HTTP is led from outside to pods.</summary>
public sealed class IngressOptions
{
    /// <summary>Address and port of plain HTTP; null: none. Port 0 takes a free one. Opened when the first object asks for it.</summary>
    public string? HttpAddress { get; init; } = "[::]:80";

    /// <summary>Address and port of HTTPS; null: none.</summary>
    public string? HttpsAddress { get; init; } = "[::]:443";

    /// <summary>What statuses tell clients to use; empty: the address listened on, or those of this host's nodes where that is every address.</summary>
    public IReadOnlyList<string> PublishedAddresses { get; init; } = [];

    /// <summary>Name of the class that is made at the start.</summary>
    public string ClassName { get; init; } = "naru";

    /// <summary>Networks of proxies whose word about the client is believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Ingress objects may lead to services of type ExternalName. Gateways never do.</summary>
    public bool FollowExternalNames { get; init; } = true;

    /// <summary>DNS domain of the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>A log line for each request.</summary>
    public bool AccessLog { get; init; }

    /// <summary>After this time a socket that could not be opened is tried again.</summary>
    public TimeSpan ListenRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests that are under way may take when naru stops.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

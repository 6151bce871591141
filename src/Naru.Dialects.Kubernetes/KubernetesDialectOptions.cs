using Naru.Objects.Api;

namespace Naru.Dialects.Kubernetes;

/// <summary>How the HTTP face of the control plane behaves.</summary>
public sealed class KubernetesDialectOptions
{
    /// <summary>The version that <c>/version</c> tells.</summary>
    public string GitVersion { get; set; } = KubernetesVersion.Git;

    /// <summary>Address under which clients reach this server, as <c>10.0.0.1:6443</c>: told in <c>/api</c>. Empty: the address that the request came in at.</summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Requests without credentials are those of <c>system:anonymous</c>. False: they are refused.</summary>
    public bool AnonymousAllowed { get; set; } = true;

    /// <summary>Most bytes of a request's body.</summary>
    public int BodyLimit { get; set; } = 3 * 1024 * 1024;

    /// <summary>Time for a request that is neither a watch nor a stream.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Least time limit of a watch that asks for none; the limit is drawn between this and twice this.</summary>
    public TimeSpan MinimumWatchTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Answers from this size on are compressed for clients that take gzip.</summary>
    public int CompressionThreshold { get; set; } = 128 * 1024;

    /// <summary>Seats of all priority levels together.</summary>
    public int ConcurrencySeats { get; set; } = 600;

    /// <summary>Requests that run at once where priority and fairness is off: reading ones.</summary>
    public int MaxReadsInFlight { get; set; } = 400;

    /// <summary>Requests that run at once where priority and fairness is off: writing ones.</summary>
    public int MaxWritesInFlight { get; set; } = 200;

    /// <summary>Order requests by FlowSchemas and PriorityLevelConfigurations. False: two plain limits.</summary>
    public bool PriorityAndFairness { get; set; } = true;

    /// <summary>Pods and services at loopback addresses may be reached through the server. False, as with Kubernetes: what listens there is meant for this host alone.</summary>
    public bool ProxyToLoopback { get; set; }

    /// <summary>Time between two looks at the servers of aggregated APIs.</summary>
    public TimeSpan ProbePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that watches get to end when the server stops.</summary>
    public TimeSpan ShutdownDelay { get; set; } = TimeSpan.Zero;
}

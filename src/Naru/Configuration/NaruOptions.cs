using Naru.Core.Units;

namespace Naru.Configuration;

/// <summary>Everything that can be chosen for one instance; defaults stand here and nowhere else.</summary>
internal sealed record NaruOptions
{
    /// <summary>All state of the instance; 0700.</summary>
    public string DataDirectory { get; init; } = "/var/lib/naru";

    /// <summary>Sockets, locks and what need not outlive a boot.</summary>
    public string RunDirectory { get; init; } = "/run/naru";

    /// <summary>Lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How a log line looks.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>Unix group whose members may use the Docker socket; root's when there is no such group.</summary>
    public string SocketGroup { get; init; } = "naru";

    /// <summary>Address and port of the Docker API over mutual TLS; null: only the unix socket.</summary>
    public string? DockerTlsAddress { get; init; }

    /// <summary>Certificate authority that client certificates must come from; null: the instance's own.</summary>
    public string? DockerTlsCa { get; init; }

    /// <summary>The server's certificate; null: one of the instance's own authority.</summary>
    public string? DockerTlsCert { get; init; }

    /// <summary>The server's key; null: one of the instance's own authority.</summary>
    public string? DockerTlsKey { get; init; }

    /// <summary>Whether containers are stopped when naru stops; otherwise they go on and are adopted by the next start.</summary>
    public bool StopContainersOnExit { get; init; }

    /// <summary>Whether starting may change settings of the host that containers need: forwarding, control groups, the propagation of /.</summary>
    public bool PrepareHost { get; init; } = true;

    /// <summary>How long stopping may take before what is left is cut.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>OCI runtime: crun, runc, or a path.</summary>
    public string Runtime { get; init; } = "crun";

    /// <summary>Whether containers run under a small init unless they say otherwise.</summary>
    public bool Init { get; init; }

    /// <summary>Whether unhealthy containers are started again.</summary>
    public bool RestartUnhealthy { get; init; }

    /// <summary>Time between a container's stop signal and SIGKILL where nobody said.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest size of one container log file before it is rotated.</summary>
    public ByteSize LogMaxSize { get; init; } = ByteSize.FromMebibytes(20);

    /// <summary>Log files kept for each container, the one being written included.</summary>
    public int LogMaxFiles { get; init; } = 3;

    /// <summary>Mirrors asked before docker.io.</summary>
    public IReadOnlyList<string> RegistryMirrors { get; init; } = [];

    /// <summary>Registries reached without TLS or without checking their certificate; loopback always is.</summary>
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    /// <summary>Most layers that one pull fetches at once.</summary>
    public int MaxDownloads { get; init; } = 4;

    /// <summary>Most layers that one push sends at once.</summary>
    public int MaxUploads { get; init; } = 3;

    /// <summary>Name servers of containers that do not choose their own; empty: the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Domains with name servers of their own, <c>corp.example=10.0.0.53</c>.</summary>
    public IReadOnlyList<string> DnsRoutes { get; init; } = [];

    /// <summary>Search domains of containers that do not choose their own; empty: the host's.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Subnet of the default bridge network; null: the first free one of the pools.</summary>
    public string? BridgeSubnet { get; init; }

    /// <summary>Ranges that networks without a subnet take theirs from, as <c>172.16.0.0/12,20</c> (range, prefix length of each).</summary>
    public IReadOnlyList<string> AddressPools { get; init; } = [];

    /// <summary>Resolver options of containers that do not choose their own.</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>Largest packet of the default network, bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Whether published ports obey the input and forward chains of the host's own firewall.</summary>
    public bool ObeyHostFirewall { get; init; } = true;

    /// <summary>Most disk that images, build cache and dead containers may take; null: no limit.</summary>
    public ByteSize? DiskBudget { get; init; }

    /// <summary>How often the disk budget is looked at; zero: never.</summary>
    public TimeSpan GcInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Labels of the engine, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether containers run here; false for <c>naru server</c>. No option: the command decides.</summary>
    public bool Engine { get; init; } = true;

    /// <summary>Whether <c>naru up</c> runs a cluster too; without it there are containers alone.</summary>
    public bool Cluster { get; init; } = true;

    /// <summary>Address and port of the Kubernetes API; null: port 6443 of loopback, or a free one where that is taken. Port 0 takes a free one.</summary>
    public string? KubernetesAddress { get; init; }

    /// <summary>Further names and addresses that the Kubernetes API's certificate is good for.</summary>
    public IReadOnlyList<string> KubernetesNames { get; init; } = [];

    /// <summary>Range that services take their addresses from; up to one for each family, none: the usual ones of the families that pods have.</summary>
    public IReadOnlyList<string> ServiceRanges { get; init; } = [];

    /// <summary>Ports that services of type NodePort take theirs from, as <c>30000-32767</c>.</summary>
    public string NodePortRange { get; init; } = "30000-32767";

    /// <summary>Addresses that services of type LoadBalancer get theirs from: ranges, <c>first-last</c> or single ones.</summary>
    public IReadOnlyList<string> LoadBalancerRanges { get; init; } = [];

    /// <summary>Range that nodes take their pods' ranges from; up to one for each family, none: the usual ones, of both families where the host has IPv6.</summary>
    public IReadOnlyList<string> PodRanges { get; init; } = [];

    /// <summary>Pods that fit on this node.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Processes that one pod may have; 0: no limit.</summary>
    public int PodProcesses { get; init; } = 4096;

    /// <summary>Directory of files with static pods; null: <c>DATA/agent/manifests</c>.</summary>
    public string? StaticPods { get; init; }

    /// <summary>Kernel parameters that pods may set beyond the safe ones.</summary>
    public IReadOnlyList<string> AllowedSysctls { get; init; } = [];

    /// <summary>With less memory available pods are ended.</summary>
    public ByteSize EvictionMemory { get; init; } = ByteSize.FromMebibytes(100);

    /// <summary>With less percent of the disk free, what is unused goes and then pods are ended.</summary>
    public int EvictionDiskPercent { get; init; } = 10;

    /// <summary>DNS domain of the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Addresses of etcd; empty: SQLite in the data directory keeps the cluster's objects.</summary>
    public IReadOnlyList<string> EtcdEndpoints { get; init; } = [];

    /// <summary>Authority that etcd's certificate must come from.</summary>
    public string? EtcdCa { get; init; }

    /// <summary>Certificate that naru shows to etcd.</summary>
    public string? EtcdCert { get; init; }

    /// <summary>Key of that certificate.</summary>
    public string? EtcdKey { get; init; }

    /// <summary>What all keys in etcd start with.</summary>
    public string EtcdPrefix { get; init; } = "/naru/";

    /// <summary>File with the audit policy; null: metadata of every request that changes something.</summary>
    public string? AuditPolicy { get; init; }

    /// <summary>File of the audit log; null: <c>DATA/audit/audit.log</c>.</summary>
    public string? AuditLog { get; init; }

    /// <summary>Address of an OpenID Connect issuer whose tokens are taken.</summary>
    public string? OidcIssuer { get; init; }

    /// <summary>Client that such tokens must be meant for.</summary>
    public string? OidcClientId { get; init; }

    /// <summary>Claim that names the user.</summary>
    public string OidcUsernameClaim { get; init; } = "sub";

    /// <summary>What user names of the issuer start with; null: its address and <c>#</c>.</summary>
    public string? OidcUsernamePrefix { get; init; }

    /// <summary>Claim that names the groups.</summary>
    public string? OidcGroupsClaim { get; init; }

    /// <summary>What group names of the issuer start with.</summary>
    public string OidcGroupsPrefix { get; init; } = "";

    /// <summary>Claims that such tokens must have, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> OidcRequiredClaims { get; init; } = [];

    /// <summary>Authority that the issuer's certificate must come from; null: the system's.</summary>
    public string? OidcCa { get; init; }

    /// <summary>Address and port of the ingress' plain HTTP; <c>off</c>: none. Opened when the first object asks for it; port 0 takes a free one.</summary>
    public string IngressHttpAddress { get; init; } = "[::]:80";

    /// <summary>Address and port of the ingress' HTTPS; <c>off</c>: none.</summary>
    public string IngressHttpsAddress { get; init; } = "[::]:443";

    /// <summary>Addresses or names that statuses of Ingress and Gateway objects tell clients to use; empty: those listened on.</summary>
    public IReadOnlyList<string> IngressPublished { get; init; } = [];

    /// <summary>Networks of proxies in front of the ingress, whose word about the client is believed.</summary>
    public IReadOnlyList<string> IngressTrusted { get; init; } = [];

    /// <summary>Whether Ingress objects may lead to services of type ExternalName.</summary>
    public bool IngressExternalNames { get; init; } = true;

    /// <summary>Whether the ingress logs every request.</summary>
    public bool IngressAccessLog { get; init; }

    /// <summary>Path of an empty file that is there while everything answers.</summary>
    public string ReadyMark => Path.Combine(RunDirectory, "ready");

    /// <summary>Path of the kubeconfig of the cluster's administrator, written when the Kubernetes API answers.</summary>
    public string Kubeconfig => Path.Combine(RunDirectory, "kubeconfig");

    /// <summary>Path of the Docker API's socket.</summary>
    public string DockerSocket => Path.Combine(RunDirectory, "docker.sock");

    /// <summary>Path of the socket that naru's own commands use; root only.</summary>
    public string AdminSocket => Path.Combine(RunDirectory, "naru.sock");
}

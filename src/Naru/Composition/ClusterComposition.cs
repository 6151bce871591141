using System.Net;
using Naru.Access;
using Naru.Access.Oidc;
using Naru.Admission;
using Naru.Agent.Services;
using Naru.Backups;
using Naru.Cluster;
using Naru.Configuration;
using Naru.Controllers;
using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Core.Stores;
using Naru.Dialects.Kubernetes;
using Naru.Ingress;
using Naru.Kinds;
using Naru.Scheduling;
using Naru.Store.Etcd;
using Naru.Store.Sqlite;
using Naru.Workloads;

namespace Naru.Composition;

/// <summary>Puts the parts of the control plane together.</summary>
internal static class ClusterComposition
{
    /// <summary>Name of the cluster's database below the data directory.</summary>
    public const string DatabaseName = "cluster/objects.db";

    /// <summary>Name of the directory of local volumes below the data directory.</summary>
    private const string VolumesName = "cluster/volumes";

    public static void Add(IServiceCollection services, NaruOptions options)
    {
        AddStore(services, options);
        services.AddNaruKinds();
        services.AddNaruCluster(new ClusterOptions());
        services.AddNaruAccess(AccessOptionsOf(options));
        services.AddNaruAdmission(new AdmissionOptions());
        services.AddNaruControllerRuntime(ControllerRuntimeOptionsOf(options));
        services.AddSingleton<AdvertisedAddress>(static provider => provider.GetRequiredService<KubernetesEndpoint>().Advertised);
        services.AddSingleton<FindServerPlace>(static provider => provider.GetRequiredService<KubernetesEndpoint>().Place);
        services.AddNaruControllers(ControllersOptionsOf(options));
        services.AddNaruNodeControllers(new NodeControllersOptions { PodRanges = ClusterRanges.Of(options).Pods, VolumeDirectory = Path.GetFullPath(Path.Combine(options.DataDirectory, VolumesName)) });
        services.AddNaruWorkloads(new WorkloadsOptions());
        services.AddNaruScheduling(new SchedulingOptions());
        services.AddNaruKubernetesDialect(new KubernetesDialectOptions());
        services.AddSingleton<KubernetesEndpoint>();
        services.AddSingleton<ClusterBackup>();
        services.AddSingleton<LiveStoreMove>();
    }

    private static void AddStore(IServiceCollection services, NaruOptions options)
    {
        if (options.EtcdEndpoints.Count == 0)
        {
            services.AddNaruSqliteStore(SqliteOptionsOf(options));
        }
        else
        {
            services.AddNaruEtcdStore(EtcdOptionsOf(options));
        }

        // The last registration of a port is the one that counts: everybody goes through the valve.
        services.AddSingleton(provider => new StoreValve(options.EtcdEndpoints.Count == 0 ? provider.GetRequiredService<SqliteStore>() : provider.GetRequiredService<EtcdStore>()));
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<StoreValve>());
    }

    internal static SqliteStoreOptions SqliteOptionsOf(NaruOptions options) => new() { Path = Path.Combine(options.DataDirectory, DatabaseName) };

    internal static EtcdStoreOptions EtcdOptionsOf(NaruOptions options) => new()
    {
        Endpoints = [.. options.EtcdEndpoints.Select(static text => new Uri(text))],
        Prefix = options.EtcdPrefix,
        CertificateAuthority = options.EtcdCa,
        ClientCertificate = options.EtcdCert,
        ClientKey = options.EtcdKey,
    };

    /// <summary>How the ingress is to be: only where pods run, which it reaches by their own addresses.</summary>
    internal static IngressOptions IngressOptionsOf(NaruOptions options) => new()
    {
        HttpAddress = options.IngressHttpAddress == "off" ? null : options.IngressHttpAddress,
        HttpsAddress = options.IngressHttpsAddress == "off" ? null : options.IngressHttpsAddress,
        PublishedAddresses = options.IngressPublished,
        TrustedProxies = options.IngressTrusted,
        FollowExternalNames = options.IngressExternalNames,
        ClusterDomain = options.ClusterDomain,
        AccessLog = options.IngressAccessLog,
    };

    private static bool SharesStore(NaruOptions options) => options.EtcdEndpoints.Count > 0;

    // Two servers on one machine have data directories of their own.
    private static ControllerRuntimeOptions ControllerRuntimeOptionsOf(NaruOptions options) => SharesStore(options)
        ? new() { SoleServer = false, ServerName = $"{Environment.MachineName} {Path.GetFullPath(options.DataDirectory)}" }
        : new();

    private static ControllersOptions ControllersOptionsOf(NaruOptions options) => new() { SharesStore = SharesStore(options), ServiceRanges = ClusterRanges.Of(options).Services, NodePortRange = options.NodePortRange, LoadBalancerRanges = options.LoadBalancerRanges };

    private static AccessOptions AccessOptionsOf(NaruOptions options) => new()
    {
        ListenAddress = options.KubernetesAddress is { } address ? IPEndPoint.Parse(address).Address : IPAddress.Loopback,
        SharesStore = SharesStore(options),
        ServerNames = options.KubernetesNames,
        ServiceRange = string.Join(',', ClusterRanges.Of(options).Services),
        ClusterDomain = options.ClusterDomain,
        ServiceAccountIssuer = $"https://kubernetes.default.svc.{options.ClusterDomain}",
        AuditPolicyFile = options.AuditPolicy,
        AuditLogFile = options.AuditLog,
        Oidc = options.OidcIssuer is null ? null : OidcOptionsOf(options),
    };

    private static OidcOptions OidcOptionsOf(NaruOptions options) => new()
    {
        Issuer = new Uri(options.OidcIssuer!),
        ClientId = options.OidcClientId!,
        UserNameClaim = options.OidcUsernameClaim,
        UserNamePrefix = options.OidcUsernamePrefix,
        GroupsClaim = options.OidcGroupsClaim ?? "",
        GroupsPrefix = options.OidcGroupsPrefix,
        RequiredClaims = options.OidcRequiredClaims.Select(static claim => claim.Split('=', 2)).ToDictionary(static parts => parts[0], static parts => parts[1]),
        AuthorityFile = options.OidcCa,
    };
}

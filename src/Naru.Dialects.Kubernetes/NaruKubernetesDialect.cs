using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Lifetime;
using Naru.Dialects.Kubernetes.Access;
using Naru.Dialects.Kubernetes.Aggregation;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Discovery;
using Naru.Dialects.Kubernetes.Fairness;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Health;
using Naru.Dialects.Kubernetes.Metrics;
using Naru.Dialects.Kubernetes.OpenApi;
using Naru.Dialects.Kubernetes.Resources;
using Naru.Dialects.Kubernetes.Server;
using Naru.Dialects.Kubernetes.Streaming;
using Naru.Dialects.Kubernetes.Usage;
using Naru.Dialects.Kubernetes.Watching;

namespace Naru.Dialects.Kubernetes;

/// <summary>The Kubernetes API as a part of an application.</summary>
public static class NaruKubernetesDialect
{
    /// <summary>Adds the dialect. It needs the ports of Naru.Objects: IObjectApi, IObjects, IResourceCatalogue, IKinds, IAuthenticator, IAuthorizer, ITokenIssuer; it uses
    /// IAudit, IProxyAuthenticator, IClusterCertificates and IStore (Core) where they are there.</summary>
    public static IServiceCollection AddNaruKubernetesDialect(this IServiceCollection services, KubernetesDialectOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<KubernetesServer>();
        services.AddSingleton<ServerLife>();
        services.AddSingleton<IEngineStage>(static all => all.GetRequiredService<ServerLife>());
        services.AddSingleton<DialectMeter>();
        services.AddSingleton<RequestAuthentication>();
        services.AddSingleton<Impersonation>();
        services.AddSingleton<Authorization>();
        services.AddSingleton<InFlightGate>();
        services.AddSingleton<ListWidths>();
        services.AddSingleton<FairnessMeter>();
        services.AddSingleton<FairnessGate>();
        services.AddSingleton<IRequestGate>(static all => all.GetRequiredService<FairnessGate>());
        services.AddSingleton<IEngineStage, FairnessConfiguration>();
        services.AddSingleton<Printers>();
        services.AddSingleton<AnswerSender>();
        services.AddSingleton<ResourceEndpoint>();
        services.AddSingleton<WatchRuns>();
        services.AddSingleton<WatchEndpoint>();
        services.AddSingleton<GroupDirectory>();
        AddForwarding(services);
        AddPaths(services);
        return services;
    }

    /// <summary>Answers everything that comes this far as a Kubernetes API server does: it is the last part of the pipeline.</summary>
    public static IApplicationBuilder MapNaruKubernetes(this IApplicationBuilder application)
    {
        application.Run(application.ApplicationServices.GetNaruKubernetes());
        return application;
    }

    /// <summary>The dialect as a handler of requests, for applications that choose between several by themselves.</summary>
    public static RequestDelegate GetNaruKubernetes(this IServiceProvider services) => services.GetRequiredService<KubernetesServer>().HandleAsync;

    private static void AddForwarding(IServiceCollection services)
    {
        services.AddSingleton<UpstreamConnections>();
        services.AddSingleton<UpstreamForwarder>();
        services.AddSingleton<NodeTargets>();
        services.AddSingleton<ServiceTargets>();
        services.AddSingleton<ConnectAdmission>();
        services.AddSingleton<IResourceForwarder, PodStreams>();
        services.AddSingleton<IResourceForwarder, ProxyStreams>();
        services.AddSingleton<ApiServiceTable>();
        services.AddSingleton<RemoteGroups>();
        services.AddSingleton<IRemoteGroups>(static all => all.GetRequiredService<RemoteGroups>());
        services.AddSingleton<LocalServices>();
        services.AddSingleton<AggregatedTargets>();
        services.AddSingleton<AvailabilityProbe>();
        services.AddSingleton<AggregationForwarder>();
        services.AddSingleton<IResourceForwarder>(static all => all.GetRequiredService<AggregationForwarder>());
        services.AddSingleton<IPathEndpoint>(static all => all.GetRequiredService<AggregationForwarder>());
        services.AddSingleton<IEngineStage, AggregationStage>();
        services.AddSingleton<UsageEndpoint>();
        services.AddSingleton<IRemoteGroups>(static all => all.GetRequiredService<UsageEndpoint>());
        services.AddSingleton<IResourceForwarder>(static all => all.GetRequiredService<UsageEndpoint>());
    }

    private static void AddPaths(IServiceCollection services)
    {
        services.AddSingleton<IPathEndpoint, DiscoveryEndpoint>();
        services.AddSingleton<CustomDefinitions>();
        services.AddSingleton<IOpenApiDefinitions>(static all => all.GetRequiredService<CustomDefinitions>());
        services.AddSingleton<IOpenApiDefinitions, BuiltInDefinitions>();
        services.AddSingleton<OpenApiDocuments>();
        services.AddSingleton<IPathEndpoint, OpenApiEndpoint>();
        services.AddSingleton<IPathEndpoint, VersionEndpoint>();
        services.AddSingleton<IPathEndpoint, HealthEndpoint>();
        services.AddSingleton<IPathEndpoint, MetricsEndpoint>();
        services.AddSingleton<IPathEndpoint, FairnessDumps>();
        services.AddSingleton<IPathEndpoint, KeysEndpoint>();
        services.AddSingleton<IPathEndpoint, RootEndpoint>();
        services.AddSingleton<IHealthCheck, PingCheck>();
        services.AddSingleton<IHealthCheck, StoreCheck>();
        services.AddSingleton<IHealthCheck, ShutdownCheck>();
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Agent.Admission;
using Naru.Agent.Containers;
using Naru.Agent.Csi;
using Naru.Agent.Events;
using Naru.Agent.Eviction;
using Naru.Agent.Hooks;
using Naru.Agent.Images;
using Naru.Agent.Names;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Policies;
using Naru.Agent.Probes;
using Naru.Agent.Sandboxes;
using Naru.Agent.Server;
using Naru.Agent.Services;
using Naru.Agent.Shutdown;
using Naru.Agent.Static;
using Naru.Agent.Streams;
using Naru.Agent.Usage;
using Naru.Agent.Volumes;
using Naru.Core.Lifetime;
using Naru.Core.Names;
using Naru.Core.Policies;
using Naru.Core.Traffic;
using Naru.Objects.Metrics;
using Naru.Objects.Nodes;

namespace Naru.Agent;

/// <summary>The agent: this host as a node.</summary>
public static class AgentExtensions
{
    /// <summary>Adds it. The engine's ports, <see cref="Naru.Objects.Api.IObjects"/>, <see cref="Naru.Objects.Access.ITokenIssuer"/>, <see cref="EngineDirectories"/> and <see cref="TimeProvider"/> must be registered.</summary>
    public static IServiceCollection AddNaruAgent(this IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<NodeIdentity>();
        services.AddSingleton<NodeRegistrar>();
        services.AddSingleton<NodeLease>();
        services.AddSingleton<PodNetwork>();
        services.AddSingleton<NodeAdmission>();
        services.AddSingleton<NodePressures>();
        services.AddSingleton<PodFiles>();
        services.AddSingleton<PodGroups>();
        services.AddSingleton<UserRanges>();
        services.AddSingleton<PodTable>();
        services.AddSingleton<PodEvents>();
        services.AddSingleton<PodWriter>();
        services.AddSingleton<PodActions>();
        services.AddSingleton<PodWorkers>();
        services.AddSingleton<StaticPods>();
        services.AddSingleton<Evictions>();
        services.AddSingleton<INodeShutdown, NodeShutdown>();
        services.AddSingleton<WorkerParts>();
        services.AddSingleton<ContainerSpecs>();
        services.AddSingleton<RuntimeHandlers>();
        AddVolumes(services);
        services.AddSingleton<ImageKeeper>();
        services.AddSingleton<PullSecrets>();
        services.AddSingleton<HookRunner>();
        services.AddSingleton<ExecRunner>();
        services.AddSingleton<HttpCall>();
        services.AddSingleton<ProbeRunner>();
        services.AddSingleton<ProbeCounts>();
        services.AddSingleton<UsageSampler>();
        services.AddSingleton<IUsageReadings>(static provider => provider.GetRequiredService<UsageSampler>());
        services.AddSingleton<IEngineStage, AgentStage>();
        AddServer(services);
        AddServiceRoutes(services);
        return services;
    }

    private static void AddVolumes(IServiceCollection services)
    {
        services.AddSingleton<PodVolumes>();
        services.AddSingleton<VolumeSources>();
        services.AddSingleton<EmptyDirs>();
        services.AddSingleton<BlockVolumes>();
        services.AddSingleton<SubPaths>();
        services.AddSingleton<ProjectedFiles>();
        services.AddSingleton<ClaimedVolumes>();
        services.AddSingleton<ClaimGrowth>();
        services.AddSingleton<LocalCopies>();
        services.AddSingleton<VolumeStats>();
        services.AddSingleton<LocalKeeper>();
        services.AddSingleton<ServiceTokens>();
        services.AddSingleton<CsiPlaces>();
        services.AddSingleton<CsiNodeWriter>();
        services.AddSingleton<CsiRegistry>();
        services.AddSingleton<CsiRecords>();
        services.AddSingleton<CsiContext>();
        services.AddSingleton<CsiVolumes>();
    }

    /// <summary>Adds the cluster's names. <see cref="IClusterNames"/> must be registered.</summary>
    public static IServiceCollection AddNaruAgentNames(this IServiceCollection services)
    {
        services.AddSingleton<NameFeed>();
        services.AddSingleton<NameServiceObjects>();
        services.AddSingleton<IEngineStage, NamesStage>();
        return services;
    }

    private static void AddServiceRoutes(IServiceCollection services)
    {
        services.TryAddSingleton<FindServerPlace>(static () => null);
        services.AddSingleton<ServiceKeeper>();
        services.AddSingleton<ServiceSurroundings>();
        services.AddSingleton<HealthPorts>();
        services.TryAddSingleton<KernelHasSctp>(static () => true);
        services.AddSingleton<SctpNotice>();
        services.AddSingleton<IEngineStage, ServiceStage>();
    }

    /// <summary>Adds network policies. <see cref="INetworkPolicies"/> must be registered.</summary>
    public static IServiceCollection AddNaruAgentPolicies(this IServiceCollection services)
    {
        services.AddSingleton<PolicyFeed>();
        services.AddSingleton<IEngineStage, PoliciesStage>();
        return services;
    }

    private static void AddServer(IServiceCollection services)
    {
        services.AddSingleton<NodeReadings>();
        services.AddSingleton<PodDisk>();
        services.AddSingleton<StatsEndpoint>();
        services.AddSingleton<LogsEndpoint>();
        services.AddSingleton<ExecEndpoint>();
        services.AddSingleton<PortForwardEndpoint>();
        services.AddSingleton<NodeApi>();
        services.AddSingleton<NodeServer>();
        services.AddSingleton<INodeConnections>(static provider => provider.GetRequiredService<NodeServer>());
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<NodeServer>());
    }
}

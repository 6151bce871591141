using Microsoft.Extensions.DependencyInjection;
using Naru.Agent.Containers;
using Naru.Agent.Events;
using Naru.Agent.Hooks;
using Naru.Agent.Images;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Probes;
using Naru.Agent.Sandboxes;
using Naru.Agent.Volumes;
using Naru.Core.Lifetime;

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
        services.AddSingleton<PodFiles>();
        services.AddSingleton<PodTable>();
        services.AddSingleton<PodEvents>();
        services.AddSingleton<PodWriter>();
        services.AddSingleton<PodActions>();
        services.AddSingleton<PodWorkers>();
        services.AddSingleton<WorkerParts>();
        services.AddSingleton<ContainerSpecs>();
        services.AddSingleton<PodVolumes>();
        services.AddSingleton<ProjectedFiles>();
        services.AddSingleton<ClaimedVolumes>();
        services.AddSingleton<ServiceTokens>();
        services.AddSingleton<ImageKeeper>();
        services.AddSingleton<PullSecrets>();
        services.AddSingleton<HookRunner>();
        services.AddSingleton<ExecRunner>();
        services.AddSingleton<HttpCall>();
        services.AddSingleton<ProbeRunner>();
        services.AddSingleton<IEngineStage, AgentStage>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Containers.Bundles;
using Naru.Containers.Consoles;
using Naru.Containers.Creation;
using Naru.Containers.Engine;
using Naru.Containers.Execs;
using Naru.Containers.Health;
using Naru.Containers.Lifecycle;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Lifetime;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers;

/// <summary>Containers and what is executed in them.</summary>
public static class ContainersExtensions
{
    /// <summary>
    /// Adds them. <see cref="EngineDirectories"/>, <see cref="TimeProvider"/>, logging and the hands for images, networks,
    /// volumes, events and logs must be registered too.
    /// </summary>
    public static IServiceCollection AddNaruContainers(this IServiceCollection services, ContainersOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<DescriptorPoller>();
        services.TryAddSingleton<ProcessRunner>();
        services.TryAddSingleton(static provider => new Lazy<IContainers>(provider.GetRequiredService<IContainers>));
        services.TryAddSingleton(static provider => new Lazy<IContainerLogs>(provider.GetRequiredService<IContainerLogs>));
        services.AddSingleton(static _ => HostAbilities.Read());
        services.AddSingleton(static provider => provider.GetRequiredService<HostAbilities>().Cgroups);
        services.AddSingleton<RuntimePrograms>();
        services.AddSingleton<RunLayout>();
        services.AddSingleton<EnginePorts>();
        services.AddSingleton<ContainerStore>();
        services.AddSingleton<ContainerTable>();
        services.AddSingleton<ContainerEvents>();
        services.AddSingleton<BackgroundWork>();
        services.AddSingleton<MonitorLauncher>();
        services.AddSingleton<ImageMounts>();
        services.AddSingleton<MappedSources>();
        services.AddSingleton<ContainerAssembly>();
        services.AddSingleton<ContainerLifecycle>();
        services.AddSingleton<ContainerStop>();
        services.AddSingleton<ContainerRemoval>();
        services.AddSingleton<ContainerCreation>();
        services.AddSingleton<ContainerAttach>();
        services.AddSingleton<ContainerUpdates>();
        services.AddSingleton<ContainerProcesses>();
        services.AddSingleton<ContainerHoldings>();
        services.AddSingleton<ProbeRunner>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<OutOfMemoryWatch>();
        services.AddSingleton<ContainerAdoption>();
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<ContainerAdoption>());
        services.AddSingleton<IContainers, ContainerEngine>();
        services.AddSingleton<ExecLauncher>();
        services.AddSingleton<IExecs, ExecSessions>();
        return services;
    }
}

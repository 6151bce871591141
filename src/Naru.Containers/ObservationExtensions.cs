using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Containers.Collection;
using Naru.Containers.Events;
using Naru.Containers.Files;
using Naru.Containers.Logs;
using Naru.Containers.Usage;
using Naru.Containers.Volumes;
using Naru.Core.Containers;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Core.Volumes;
using Naru.Linux.Archives;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers;

/// <summary>What is told about containers and what lies around them: events, volumes, logs, files, usage.</summary>
public static class ObservationExtensions
{
    /// <summary>Adds them. <see cref="EngineDirectories"/> and <see cref="TimeProvider"/> must be registered.</summary>
    public static IServiceCollection AddNaruObservation(this IServiceCollection services, ObservationOptions options)
    {
        services.AddSingleton(options.Events);
        services.AddSingleton<EventBus>();
        services.AddSingleton<IEvents>(static provider => provider.GetRequiredService<EventBus>());
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<EventBus>());

        services.AddSingleton<VolumeStore>();
        services.AddSingleton<IVolumes>(static provider => provider.GetRequiredService<VolumeStore>());
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<VolumeStore>());

        services.AddSingleton(options.Logs);
        services.AddSingleton<LogChains>();
        services.TryAddSingleton<DescriptorPoller>();
        services.AddSingleton<LogWatch>();
        services.TryAddSingleton(static provider => new Lazy<IContainers>(provider.GetRequiredService<IContainers>));
        services.AddSingleton<IContainerLogs, ContainerLogs>();
        services.AddSingleton<LogRotator>();
        services.AddSingleton<IEngineStage, LogRotation>();

        services.TryAddSingleton<ProcessRunner>();
        services.TryAddSingleton<Decompressor>();
        services.AddSingleton<ContainerViews>();
        services.AddSingleton<ContainerFiles>();
        services.AddSingleton<IContainerFiles>(static provider => provider.GetRequiredService<ContainerFiles>());
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<ContainerFiles>());

        services.AddSingleton<IContainerUsage, ContainerUsage>();
        services.AddSingleton<IControlGroups, ControlGroups>();
        services.AddSingleton(options.Collection);
        services.AddSingleton<IReclaimer, DeadContainers>();
        services.AddSingleton<IEngineStage, VolumeSweep>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Naru.Containers.Events;
using Naru.Containers.Volumes;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Core.Volumes;

namespace Naru.Containers;

/// <summary>What is told about containers and what lies around them: events, volumes.</summary>
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
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;
using Naru.Objects.Scheduling;
using Naru.Scheduling.Running;

namespace Naru.Scheduling;

/// <summary>The scheduler.</summary>
public static class SchedulingExtensions
{
    /// <summary>Adds it. <see cref="Naru.Objects.Api.IObjects"/> and <see cref="TimeProvider"/> must be registered.</summary>
    public static IServiceCollection AddNaruScheduling(this IServiceCollection services, SchedulingOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<SchedulerMetrics>();
        services.AddSingleton<EventWriter>();
        services.AddSingleton<PodWriter>();
        services.AddSingleton<VolumeBinder>();
        services.AddSingleton<SchedulerLoop>();
        services.AddSingleton<IPlacements, Placements>();
        services.AddSingleton<IEngineStage, SchedulerStage>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;
using Naru.Objects.Api;

namespace Naru.Controllers.Runtime;

/// <summary>What all controllers run in.</summary>
public static class ControllerRuntimeExtensions
{
    /// <summary>The key and the lease of the leadership of schedulers, which is registered where servers share a store.</summary>
    public const string SchedulerLease = "kube-scheduler";

    /// <summary>Adds the runtime. <see cref="Naru.Objects.Api.IObjects"/>, <see cref="TimeProvider"/> and logging must be registered too; controllers are registered as <see cref="IController"/>.</summary>
    public static IServiceCollection AddNaruControllerRuntime(this IServiceCollection services, ControllerRuntimeOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Informers>();
        services.AddSingleton<ControllerObjects>();
        services.AddSingleton<EventRecorder>();
        if (options.SoleServer)
        {
            services.AddSingleton<ILeadership, SoleLeadership>();
        }
        else
        {
            services.AddSingleton<ILeadership>(static provider => LeadershipOf(provider, "kube-controller-manager"));
            services.AddKeyedSingleton<ILeadership>(SchedulerLease, static (provider, _) => LeadershipOf(provider, SchedulerLease));
        }

        services.AddSingleton<ControllerStage>();
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<ControllerStage>());
        return services;
    }

    private static LeaseLeadership LeadershipOf(IServiceProvider provider, string name) =>
        new(name, provider.GetRequiredService<IObjects>(), provider.GetRequiredService<ControllerRuntimeOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LeaseLeadership>>());
}

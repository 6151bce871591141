using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Lifetime;

namespace Naru.Controllers.Runtime;

/// <summary>What all controllers run in.</summary>
public static class ControllerRuntimeExtensions
{
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
            services.AddSingleton<ILeadership, LeaseLeadership>();
        }

        services.AddSingleton<ControllerStage>();
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<ControllerStage>());
        return services;
    }
}

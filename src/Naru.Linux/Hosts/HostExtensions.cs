using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Hosts;

/// <summary>Facts of the host.</summary>
public static class HostExtensions
{
    /// <summary>Adds them. <see cref="EngineDirectories"/> and logging must be registered.</summary>
    public static IServiceCollection AddNaruHost(this IServiceCollection services, HostOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<DescriptorPoller>();
        services.TryAddSingleton<ProcessRunner>();
        services.AddSingleton<INodeFiles, NodeFiles>();
        services.AddSingleton<INodeMounts, NodeMounts>();
        services.AddSingleton<IHostDisks, HostDisks>();
        services.AddSingleton<HostReader>();
        services.AddSingleton<IHost>(static provider => provider.GetRequiredService<HostReader>());
        services.AddSingleton<IEngineStage>(static provider => provider.GetRequiredService<HostReader>());
        return services;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Dialects.Docker.Builds;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Engine;
using Naru.Dialects.Docker.Exec;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Images;
using Naru.Dialects.Docker.Networks;
using Naru.Dialects.Docker.Plugins;
using Naru.Dialects.Docker.Swarm;
using Naru.Dialects.Docker.Volumes;

namespace Naru.Dialects.Docker;

/// <summary>The Docker Engine API as a part of an application.</summary>
public static class NaruDockerDialect
{
    /// <summary>Adds the dialect. It needs Core's ports: containers, files, logs, usage, execs, images, registries, snapshots, networks, volumes, builds, events, host.</summary>
    public static IServiceCollection AddNaruDockerDialect(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DockerServer>();
        services.AddSingleton<ContainerScope>();
        services.AddSingleton<ContainerNews>();
        services.AddSingleton<ContainerPruning>();
        services.AddSingleton<ContainerFilter>();
        services.AddSingleton<EventListeners>();
        services.AddSingleton<IDockerRouteGroup, PingRoutes>();
        services.AddSingleton<IDockerRouteGroup, SystemRoutes>();
        services.AddSingleton<IDockerRouteGroup, ContainerRoutes>();
        services.AddSingleton<IDockerRouteGroup, ContainerListRoutes>();
        services.AddSingleton<IDockerRouteGroup, AttachRoutes>();
        services.AddSingleton<IDockerRouteGroup, LogRoutes>();
        services.AddSingleton<IDockerRouteGroup, StatsRoutes>();
        services.AddSingleton<IDockerRouteGroup, FileRoutes>();
        services.AddSingleton<IDockerRouteGroup, ExecRoutes>();
        services.AddSingleton<IDockerRouteGroup, EventRoutes>();
        services.AddSingleton<ImageListing>();
        services.AddSingleton<ImportSource>();
        services.AddSingleton<IDockerRouteGroup, RegistryRoutes>();
        services.AddSingleton<IDockerRouteGroup, TransferRoutes>();
        services.AddSingleton<IDockerRouteGroup, ImageRoutes>();
        services.AddSingleton<IDockerRouteGroup, CommitRoutes>();
        services.AddSingleton<IDockerRouteGroup, BuildRoutes>();
        services.AddSingleton<IDockerRouteGroup, DiskUsageRoutes>();
        services.AddSingleton<IDockerRouteGroup, NetworkRoutes>();
        services.AddSingleton<IDockerRouteGroup, VolumeRoutes>();
        services.AddSingleton<IDockerRouteGroup, SwarmRoutes>();
        services.AddSingleton<IDockerRouteGroup, PluginRoutes>();
        return services;
    }

    /// <summary>Answers everything that comes this far as a Docker engine does: it is the last part of the pipeline.</summary>
    public static IApplicationBuilder MapNaruDocker(this IApplicationBuilder application)
    {
        var server = application.ApplicationServices.GetRequiredService<DockerServer>();
        application.Run(server.HandleAsync);
        return application;
    }
}

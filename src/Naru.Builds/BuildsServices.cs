using Microsoft.Extensions.DependencyInjection;
using Naru.Builds.Caching;
using Naru.Builds.Contexts;
using Naru.Builds.Stages;
using Naru.Builds.Steps;
using Naru.Core.Builds;
using Naru.Core.Lifetime;

namespace Naru.Builds;

/// <summary>Brings the build engine in. Needs <see cref="EngineDirectories"/>, the ports of images, registries, snapshots, containers, host and events,
/// and of Naru.Linux the process runner and the decompressor.</summary>
public static class BuildsServices
{
    public static IServiceCollection AddNaruBuilds(this IServiceCollection services)
    {
        services.AddSingleton<BuildDirectories>();
        services.AddSingleton<StepCache>();
        services.AddSingleton<CacheMounts>();
        services.AddSingleton<CacheCollector>();
        services.AddSingleton<ContextReceiver>();
        services.AddSingleton<GitFetcher>();
        services.AddSingleton<RemoteFetcher>();
        services.AddSingleton<BaseImages>();
        services.AddSingleton<StepWork>();
        services.AddSingleton<SshForwarder>();
        services.AddSingleton<RunMounts>();
        services.AddSingleton<RunContainer>();
        services.AddSingleton<RunSteps>();
        services.AddSingleton<ArchiveUnpacker>();
        services.AddSingleton<CopySteps>();
        services.AddSingleton<ContextStore>();
        services.AddSingleton<IContextStore>(s => s.GetRequiredService<ContextStore>());
        services.AddSingleton<IBuilds, BuildEngine>();
        services.AddSingleton<IReclaimer>(s => s.GetRequiredService<CacheCollector>());
        services.AddSingleton<IEngineStage, BuildStage>();
        return services;
    }
}

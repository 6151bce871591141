using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Images.Archives;
using Naru.Images.Catalogue;
using Naru.Images.Collection;
using Naru.Images.Layers;
using Naru.Images.Registries;
using Naru.Images.Snapshots;
using Naru.Linux.Archives;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Images;

/// <summary>Images, writable roots and registries.</summary>
public static class ImagesExtensions
{
    /// <summary>Adds them. <see cref="EngineDirectories"/>, <see cref="TimeProvider"/> and <see cref="Naru.Core.Events.IEvents"/> must be registered.</summary>
    public static IServiceCollection AddNaruImages(this IServiceCollection services, ImagesOptions options)
    {
        services.TryAddSingleton<DescriptorPoller>();
        services.TryAddSingleton<ProcessRunner>();
        services.TryAddSingleton<Decompressor>();
        services.AddSingleton(options);
        services.AddSingleton<LayerStore>();
        services.AddSingleton<LayerUnpacker>();
        services.AddSingleton<ChainAssembler>();
        services.AddSingleton<ImageCatalogue>();
        services.AddSingleton<ImageEvents>();
        services.AddSingleton<ImageRemover>();
        services.AddSingleton<ImagePruner>();
        services.AddSingleton<ImageLoader>();
        services.AddSingleton<ImageSaver>();
        services.AddSingleton<SnapshotStore>();
        services.AddSingleton<ISnapshots>(static provider => provider.GetRequiredService<SnapshotStore>());
        services.AddSingleton<IImages, ImageStore>();
        services.AddSingleton<RegistryHosts>();
        services.AddSingleton<RegistryTransport>();
        services.AddSingleton<RegistryConnector>();
        services.AddSingleton<LayerFetcher>();
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<ImagePuller>();
        services.AddSingleton<ImagePusher>();
        services.AddSingleton<IRegistries, RegistryClient>();
        services.AddSingleton<IEngineStage, ImagesStage>();
        services.AddSingleton<IEngineStage, CollectionStage>();
        foreach (var all in (ReadOnlySpan<bool>)[false, true])
        {
            services.AddSingleton<IReclaimer>(provider => new ImageReclaimer(
                provider.GetRequiredService<ImagePruner>(),
                provider.GetRequiredService<ImageRemover>(),
                provider.GetRequiredService<TimeProvider>(),
                all));
        }

        return services;
    }
}

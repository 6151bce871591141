using Naru.Core.Lifetime;
using Naru.Images.Catalogue;
using Naru.Images.Layers;
using Naru.Images.Snapshots;

namespace Naru.Images.Collection;

/// <summary>Loads layers, images and writable roots when the engine starts.</summary>
internal sealed class ImagesStage(LayerStore layers, ImageCatalogue catalogue, SnapshotStore snapshots) : IEngineStage
{
    public int Order => 200;

    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            layers.Load();
            catalogue.Load();
            snapshots.Load();
        },
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

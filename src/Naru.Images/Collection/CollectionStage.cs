using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;
using Naru.Images.Layers;
using Naru.Images.Registries;

namespace Naru.Images.Collection;

/// <summary>Removes layers that a crash left without an owner, once everybody who holds layers has started.</summary>
internal sealed partial class CollectionStage(LayerStore layers, ManifestStore manifests, ILogger<CollectionStage> logger) : IEngineStage
{
    public int Order => 700;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        manifests.Collect();
        var removed = await layers.CollectAsync(withYoung: true, cancellationToken);
        if (removed.Length > 0)
        {
            LogCollected(removed.Length, removed.Sum(layer => layer.Size));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2030, LogLevel.Information, "{Count} layers that nothing stood on were removed ({Bytes} bytes)")]
    private partial void LogCollected(int count, long bytes);
}

using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Images.Layers;

/// <summary>Streams of tar into staged layers: unpacks, hashes and extracts in one pass.</summary>
internal sealed class LayerUnpacker(Decompressor decompressor, ImagesOptions options)
{
    /// <summary>Unpacks a layer over the chain below.</summary>
    /// <param name="staged">Where to.</param>
    /// <param name="packed">The layer's tar, plain or packed.</param>
    /// <param name="parent">The chain below.</param>
    /// <param name="expected">Digest that the tar must have; null: any.</param>
    /// <param name="devices">Which device files it may bring.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task UnpackAsync(
        StagedLayer staged, Stream packed, LayerChain parent, Digest? expected, DevicePolicy devices, CancellationToken cancellationToken)
    {
        try
        {
            await FillAsync(staged, packed, parent, expected, devices, cancellationToken);
        }
        catch (IOException full) when (full.HResult == (int)Errno.NoSpace || full is LinuxException { Errno: Errno.NoSpace })
        {
            throw new NaruException(ErrorKind.ResourceExhausted, "no space left on device: the layer does not fit", full);
        }
    }

    private async Task FillAsync(
        StagedLayer staged, Stream packed, LayerChain parent, Digest? expected, DevicePolicy devices, CancellationToken cancellationToken)
    {
        var counted = new CountingStream(packed);
        await using var plain = await decompressor.OpenAsync(counted, cancellationToken);
        using var hashed = new HashingStream(plain);
        using var recipe = new LayerRecipe(staged.DirectoryPath);
        using var root = RootedDirectory.Open(staged.FilesPath);
        using var extractor = new TarExtractor(root, new()
        {
            Whiteouts = WhiteoutForm.Overlay,
            Devices = devices,
            Limits = options.Limits,
            PackedBytes = plain.Kind == CompressionKind.None ? null : () => counted.Count,
            WriteEarly = true,
            Tap = recipe,
            Displace = recipe.Replace,
        });
        var result = await extractor.ExtractAsync(hashed, cancellationToken);
        recipe.Finish();

        var diffId = hashed.GetDigest();
        if (expected is { } wanted && wanted != diffId)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"layers from manifest don't match image configuration: layer {diffId} where {wanted} is named");
        }

        staged.ImpliedDirectories = result.ImpliedDirectories;
        staged.Record = new()
        {
            ChainId = parent.Push(diffId).ChainId!.Value.Value,
            DiffId = diffId.Value,
            Parent = parent.ChainId?.Value,
            Size = result.Bytes,
            TarSize = hashed.Count,
            HasReplaced = recipe.HasReplaced,
        };
    }
}

using Naru.Core.Errors;

namespace Naru.Images.Layers;

/// <summary>Gives a layer's tar back, byte for byte as its diff id says.</summary>
internal static class LayerExporter
{
    /// <summary>Writes the tar. <see cref="ErrorKind.DataLoss"/> if it is not what it must be, which is known only at the end.</summary>
    internal static async Task CopyToAsync(Layer layer, Stream destination, CancellationToken cancellationToken)
    {
        using var hashed = new HashingStream(destination);
        await new LayerRecipeReader(layer).CopyToAsync(hashed, cancellationToken);
        if (hashed.GetDigest() != layer.DiffId)
        {
            throw new NaruException(ErrorKind.DataLoss, $"layer {layer.DiffId} was changed on disk: its files now give {hashed.GetDigest()}");
        }
    }
}

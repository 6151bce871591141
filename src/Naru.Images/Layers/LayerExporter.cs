using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Images.Layers;

/// <summary>Gives a layer's tar back, byte for byte as its diff id says.</summary>
internal static class LayerExporter
{
    /// <summary>How the tars of layers made here are written; part of what their digests stand for.</summary>
    internal static ArchivingOptions LocalForm => new() { Whiteouts = WhiteoutForm.Overlay };

    /// <summary>Writes the tar. <see cref="ErrorKind.DataLoss"/> if it is not what it must be, which is known only at the end.</summary>
    internal static async Task CopyToAsync(Layer layer, Stream destination, CancellationToken cancellationToken)
    {
        using var hashed = new HashingStream(destination);
        if (layer.Record.HasRecipe)
        {
            await new LayerRecipeReader(layer).CopyToAsync(hashed, cancellationToken);
        }
        else
        {
            using var root = RootedDirectory.Open(layer.Files);
            await new DirectoryArchiver(LocalForm).WriteAsync(root, "", hashed, cancellationToken);
        }

        if (hashed.GetDigest() != layer.DiffId)
        {
            throw new NaruException(ErrorKind.DataLoss, $"layer {layer.DiffId} was changed on disk: its files now give {hashed.GetDigest()}");
        }
    }
}

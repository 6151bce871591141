using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Images.Layers;

/// <summary>A layer that lies unpacked in the store.</summary>
internal sealed record Layer(Digest ChainId, Digest DiffId, Digest? Parent, LayerRecord Record, string Directory)
{
    /// <summary>Its files in overlayfs form.</summary>
    internal string Files => Path.Combine(Directory, LayerDirectories.Files);

    internal long Size => Record.Size;

    internal ImmutableArray<PackedLayer> Packed => [.. Record.Packed];
}

/// <summary>Names inside a layer's directory.</summary>
internal static class LayerDirectories
{
    internal const string Files = "diff";
    internal const string Record = "layer.json";
    internal const string Recipe = "recipe";
    internal const string Replaced = "replaced";
}

using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Images.Archives;

/// <summary>An image that an archive holds.</summary>
/// <param name="Config">Its configuration file.</param>
/// <param name="LayerPaths">Files of its layers in the archive, lowest first.</param>
/// <param name="LayerDigests">Digests that these files must have, where the archive says so.</param>
/// <param name="Names">Names it is to get.</param>
internal sealed record ArchivedImage(
    byte[] Config, ImmutableArray<string> LayerPaths, ImmutableArray<Digest?> LayerDigests, ImmutableArray<ImageReference> Names);

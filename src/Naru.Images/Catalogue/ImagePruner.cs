using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Images.Catalogue;

/// <summary>Removes images that nobody needs.</summary>
internal sealed class ImagePruner(ImageCatalogue catalogue, ImageRemover remover)
{
    /// <summary>Docker's prune: without <paramref name="all"/> only images without a tag, with it all that no container uses.</summary>
    internal async Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken)
    {
        var removed = ImmutableArray.CreateBuilder<ImageRemoval>();
        long bytes = 0;
        foreach (var image in Candidates(all).Where(allowed).ToList())
        {
            foreach (var reference in ReferencesOf(image))
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    var (parts, size) = await remover.RemoveAsync(reference, new(), cancellationToken);
                    removed.AddRange(parts);
                    bytes += size;
                }
                catch (NaruException inUse) when (inUse.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
                {
                    // Taken into use meanwhile, or gone with another.
                }
            }
        }

        return new(removed.ToImmutable(), bytes);
    }

    /// <summary>The images that may go, the longest untouched first.</summary>
    internal IEnumerable<Image> Candidates(bool all) => catalogue.State.Images.Values
        .Where(image => !remover.IsInUse(image.Id))
        .Where(image => image.Tags.IsEmpty ? catalogue.State.Children(image.Id).IsEmpty || (all && !image.Digests.IsEmpty) : all)
        .OrderBy(image => image.LastTagged ?? image.Created ?? DateTimeOffset.MinValue);

    private static IEnumerable<string> ReferencesOf(Image image) =>
        image.Tags.IsEmpty && image.Digests.IsEmpty ? [image.Id.Value] : [.. image.Tags, .. image.Digests];
}

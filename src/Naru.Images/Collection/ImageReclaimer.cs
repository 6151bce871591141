using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Images.Catalogue;

namespace Naru.Images.Collection;

/// <summary>Gives the space of images back that no container uses: those without a tag, or all.</summary>
internal sealed class ImageReclaimer(ImagePruner pruner, ImageRemover remover, TimeProvider time, bool all) : IReclaimer
{
    public int Order => all ? 400 : 300;

    public string Name => all ? "unused images" : "dangling images";

    public async Task<ByteSize> ReclaimAsync(ByteSize wished, TimeSpan unusedFor, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - unusedFor;
        long freed = 0;
        foreach (var image in pruner.Candidates(all).Where(image => (image.LastTagged ?? image.Created ?? DateTimeOffset.MinValue) <= before).ToList())
        {
            if (freed >= wished.Bytes)
            {
                break;
            }

            freed += await RemoveAsync(image, cancellationToken);
        }

        return new ByteSize(freed);
    }

    private async Task<long> RemoveAsync(Image image, CancellationToken cancellationToken)
    {
        long freed = 0;
        foreach (var reference in image.Tags.IsEmpty && image.Digests.IsEmpty ? [image.Id.Value] : image.Tags.AddRange(image.Digests))
        {
            try
            {
                freed += (await remover.RemoveAsync(reference, new(), cancellationToken)).Bytes;
            }
            catch (NaruException inUse) when (inUse.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
            {
                // Taken into use meanwhile, or gone with another.
            }
        }

        return freed;
    }
}

using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Images.Catalogue;
using Naru.Linux.Files;

namespace Naru.Images.Registries;

/// <summary>Manifests that came with images, so that an image can be pushed under the digest it was pulled by. Their loss costs that digest only.</summary>
internal sealed class ManifestStore(ImageCatalogue catalogue, EngineDirectories directories)
{
    private readonly string _root = directories.DataPath("images", "manifests");

    internal void Put(Digest digest, byte[] bytes)
    {
        Directory.CreateDirectory(_root);
        var path = PathOf(digest);
        if (!File.Exists(path))
        {
            AtomicFile.Replace(path, bytes, durable: false);
        }
    }

    internal byte[]? Find(Digest digest)
    {
        var path = PathOf(digest);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : null;
        return bytes is not null && Digest.Of(bytes) == digest ? bytes : null;
    }

    /// <summary>Removes those whose image is gone.</summary>
    internal void Collect()
    {
        if (!Directory.Exists(_root))
        {
            return;
        }

        var used = catalogue.State.Images.Values.Where(image => image.Manifest is not null).Select(image => image.Manifest!.Value.Hex).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(_root).Where(path => !used.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }

    private string PathOf(Digest digest) => Path.Combine(_root, digest.Hex);
}

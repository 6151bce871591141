using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Core.Images;

/// <summary>
/// The images of this host. A reference is a name (<c>busybox</c>, <c>localhost:5000/a/b:1</c>, <c>x@sha256:…</c>), an id, or a unique prefix of an id.
/// Reads are served from memory. Every change is on disk before the call returns.
/// Unknown references are <see cref="ErrorKind.NotFound"/> (<c>No such image: x</c>).
/// </summary>
public interface IImages
{
    /// <summary>All images, newest first, images that only lie under others included.</summary>
    ImmutableArray<Image> List();

    /// <summary>One image.</summary>
    Image Get(string reference);

    /// <summary>One image for a platform; a name that holds another platform only is <see cref="ErrorKind.NotFound"/>.</summary>
    Image Get(string reference, Platform? platform);

    /// <summary>One image, or null.</summary>
    Image? Find(string reference);

    /// <summary>Images made on this one here.</summary>
    ImmutableArray<Image> Children(Digest id);

    /// <summary>Size, diff id and chain id of each layer of an image, lowest first; 0 for unknown.</summary>
    ImmutableArray<long> LayerSizes(Image image);

    /// <summary>Gives an image a further name; moves the name where another image had it.</summary>
    Task TagAsync(string reference, ImageReference name, CancellationToken cancellationToken);

    /// <summary>Removes a name, and the image when it was the last and nothing uses it. Docker's rules and words.</summary>
    Task<ImmutableArray<ImageRemoval>> RemoveAsync(string reference, ImageRemoveOptions options, CancellationToken cancellationToken);

    /// <summary>Removes what is not used: images without a name, or with <paramref name="all"/> all without a container, that the predicate allows.</summary>
    Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken);

    /// <summary>Adds an image whose layers are already here.</summary>
    /// <param name="draft">Its configuration.</param>
    /// <param name="names">Names it gets.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Image> CreateAsync(ImageDraft draft, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken);

    /// <summary>Reads a docker archive or an OCI layout, plain or compressed. Reports <c>Loaded image: …</c> lines.</summary>
    Task<ImmutableArray<Image>> LoadAsync(Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken);

    /// <summary>Writes images as an archive that docker (manifest.json, repositories) and OCI (index.json, oci-layout, blobs) readers both take.</summary>
    Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken);

    /// <summary>Writes one image under names that it need not have here.</summary>
    Task SaveAsAsync(Image image, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken) =>
        SaveAsync([image.Id.Value], null, destination, cancellationToken);

    /// <summary>Makes an image of one layer from a root file system's tar.</summary>
    Task<Image> ImportAsync(Stream rootFileSystem, ImageDraft template, ImageReference? name, CancellationToken cancellationToken);

    /// <summary>Tells the store who else holds on to images (containers do). Asked before anything is removed.</summary>
    void AddUser(IImageUser user);
}

/// <summary>Somebody that holds on to images.</summary>
public interface IImageUser
{
    /// <summary>Who uses the image: container id, and whether it runs.</summary>
    IEnumerable<(string Id, bool Running)> UsersOf(Digest image);
}

/// <summary>Part of an answer to a removal: one of both is set.</summary>
/// <param name="Untagged">A name that went.</param>
/// <param name="Deleted">An image or layer that went.</param>
public sealed record ImageRemoval(string? Untagged, string? Deleted);

/// <summary>How to remove.</summary>
/// <param name="Force">Although stopped containers or several names use it.</param>
/// <param name="KeepParents">Keep unnamed parents.</param>
public sealed record ImageRemoveOptions(bool Force = false, bool KeepParents = false);

/// <summary>What a prune removed.</summary>
/// <param name="Removed">Names and images.</param>
/// <param name="Reclaimed">Bytes.</param>
public sealed record ImagePruned(ImmutableArray<ImageRemoval> Removed, long Reclaimed);

/// <summary>An image to be made.</summary>
public sealed record ImageDraft
{
    /// <summary>How to run it.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>What it runs on; null: this host.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Its layers.</summary>
    public LayerChain Layers { get; init; } = LayerChain.Empty;

    /// <summary>Its history.</summary>
    public ImmutableArray<HistoryEntry> History { get; init; } = [];

    /// <summary>When; null: now.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Who.</summary>
    public string Author { get; init; } = "";

    /// <summary>Comment.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Image it is built on.</summary>
    public Digest? Parent { get; init; }
}

/// <summary>News of a pull, push or load.</summary>
/// <param name="Id">What it is about: short layer digest, tag; empty for the whole.</param>
/// <param name="Status">Docker's words: <c>Downloading</c>, <c>Pull complete</c>, <c>Layer already exists</c>.</param>
/// <param name="Current">Bytes done; null: no bar.</param>
/// <param name="Total">Bytes in all.</param>
public sealed record ImageProgress(string Id, string Status, long? Current = null, long? Total = null);

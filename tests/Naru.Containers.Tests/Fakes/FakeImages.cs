using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Containers.Tests.Fakes;

/// <summary>One image, busybox.</summary>
public sealed class FakeImages : IImages
{
    public Image Busybox { get; set; } = new()
    {
        Id = Digest.Of("busybox"u8),
        ConfigBytes = Array.Empty<byte>(),
        Config = new ImageConfig { Command = ["sh"], Environment = ["FROM_IMAGE=1"] },
        Platform = new Platform { Os = "linux", Architecture = "amd64" },
        Layers = LayerChain.Empty,
        Tags = ["busybox:latest"],
    };

    public ImmutableArray<Image> List() => [Busybox];

    public Image Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"No such image: {reference}");

    public Image Get(string reference, Platform? platform) => Get(reference);

    public Image? Find(string reference) => reference is "busybox" or "busybox:latest" ? Busybox : null;

    public ImmutableArray<Image> Children(Digest id) => [];

    public ImmutableArray<long> LayerSizes(Image image) => [];

    public Task TagAsync(string reference, ImageReference name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<ImageRemoval>> RemoveAsync(string reference, ImageRemoveOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Image> CreateAsync(ImageDraft draft, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<Image>> LoadAsync(Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Image> ImportAsync(Stream rootFileSystem, ImageDraft template, ImageReference? name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void AddUser(IImageUser user)
    {
    }
}

using System.Collections.Immutable;
using System.Text;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Tests.Fakes;

/// <summary>Images in memory.</summary>
internal sealed class FakeImages(Platform host) : IImages
{
    private readonly List<Image> _images = [];
    private readonly Lock _lock = new();

    public ImmutableArray<Image> List()
    {
        lock (_lock)
        {
            return [.. _images];
        }
    }

    public Image Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"No such image: {reference}");

    public Image Get(string reference, Platform? platform) => Get(reference);

    public Image? Find(string reference) => List().FirstOrDefault(i => i.Id.Value == reference || i.Tags.Contains(reference) || i.Tags.Contains(reference + ":latest"));

    public ImmutableArray<Image> Children(Digest id) => [.. List().Where(i => i.Parent == id)];

    public ImmutableArray<long> LayerSizes(Image image) => [.. image.Layers.DiffIds.Select(_ => 1L)];

    public Task TagAsync(string reference, ImageReference name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var at = _images.FindIndex(i => i.Id.Value == reference);
            _images[at] = _images[at] with { Tags = [.. _images[at].Tags.Append(name.WithDefaultTag().Familiar).Distinct()] };
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<ImageRemoval>> RemoveAsync(string reference, ImageRemoveOptions options, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _images.RemoveAll(i => i.Id.Value == reference || i.Tags.Contains(reference));
        }

        return Task.FromResult(ImmutableArray<ImageRemoval>.Empty);
    }

    public Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Image> CreateAsync(ImageDraft draft, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        var text = $"{draft.Layers.ChainId} {draft.Created} {string.Join('|', draft.History.Select(h => h.CreatedBy + h.Created))} {string.Join('|', draft.Config.Labels?.Select(l => l.Key + l.Value) ?? [])}";
        var image = new Image
        {
            Id = Digest.Of(Encoding.UTF8.GetBytes(text)),
            ConfigBytes = Encoding.UTF8.GetBytes(text),
            Config = draft.Config,
            Platform = draft.Platform ?? host,
            Layers = draft.Layers,
            History = draft.History,
            Created = draft.Created,
            Parent = draft.Parent,
            Tags = [.. names.Select(n => n.WithDefaultTag().Familiar)],
        };
        lock (_lock)
        {
            _images.RemoveAll(i => i.Id == image.Id);
            _images.Add(image);
        }

        return Task.FromResult(image);
    }

    public Task<ImmutableArray<Image>> LoadAsync(Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Image> ImportAsync(Stream rootFileSystem, ImageDraft template, ImageReference? name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void AddUser(IImageUser user)
    {
    }
}

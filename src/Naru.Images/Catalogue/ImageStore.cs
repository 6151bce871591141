using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Archives;
using Naru.Images.Formats;
using Naru.Images.Layers;

namespace Naru.Images.Catalogue;

/// <summary>The images of this host.</summary>
internal sealed class ImageStore(
    ImageCatalogue catalogue,
    LayerStore layers,
    ISnapshots snapshots,
    ImageRemover remover,
    ImagePruner pruner,
    ImageLoader loader,
    ImageSaver saver,
    ImageEvents events,
    TimeProvider time) : IImages
{
    /// <summary>overlayfs takes 500 lower directories; some room stays for those that containers add.</summary>
    private const int MaxLayers = 490;

    public ImmutableArray<Image> List() =>
        [.. catalogue.State.Images.Values.OrderByDescending(image => image.Created ?? DateTimeOffset.MinValue).ThenBy(image => image.Id.Value, StringComparer.Ordinal)];

    public Image Get(string reference) => ImageLookup.Get(catalogue.State, reference);

    public Image Get(string reference, Platform? platform)
    {
        var image = Get(reference);
        return platform is null || platform.Accepts(image.Platform)
            ? image
            : throw NaruException.NotFound(
                $"image with reference {reference} was found but does not match the specified platform: wanted {platform}, actual: {image.Platform}");
    }

    public Image? Find(string reference) => ImageLookup.Find(catalogue.State, reference);

    public ImmutableArray<Image> Children(Digest id) => catalogue.State.Children(id);

    public ImmutableArray<long> LayerSizes(Image image) => [.. layers.ChainIds(image.Layers).Select(chainId => layers.Find(chainId)?.Size ?? 0)];

    public Task TagAsync(string reference, ImageReference name, CancellationToken cancellationToken)
    {
        if (name.Digest is not null)
        {
            throw NaruException.Invalid("refusing to create a tag with a digest reference");
        }

        var tagged = name.WithDefaultTag();
        var image = catalogue.Change(state =>
        {
            var found = ImageLookup.Get(state, reference);
            return (state.WithName(tagged, found.Id, time.GetUtcNow()), found);
        });
        events.Publish("tag", image, tagged.Familiar);
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<ImageRemoval>> RemoveAsync(string reference, ImageRemoveOptions options, CancellationToken cancellationToken) =>
        (await remover.RemoveAsync(reference, options, cancellationToken)).Removed;

    public Task<ImagePruned> PruneAsync(bool all, Func<Image, bool> allowed, CancellationToken cancellationToken) =>
        pruner.PruneAsync(all, allowed, cancellationToken);

    public Task<Image> CreateAsync(ImageDraft draft, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        if (draft.Layers.DiffIds.Length > MaxLayers)
        {
            throw NaruException.Invalid("max depth exceeded");
        }

        using var hold = layers.HoldExisting(draft.Layers);
        var now = time.GetUtcNow();
        var config = ConfigFiles.Write(draft, draft.Platform ?? HostPlatform.Current, now);
        var image = catalogue.Describe(config, draft.Parent, manifest: null);
        image = catalogue.Change(state =>
        {
            var next = state.Images.TryGetValue(image.Id, out var known) ? state.WithImage(known with { Parent = image.Parent }) : state.WithImage(image);
            next = names.Aggregate(next, (so, name) => so.WithName(name.WithDefaultTag(), image.Id, now));
            return (next, next.Images[image.Id]);
        });
        layers.Settle(draft.Layers);
        foreach (var name in names)
        {
            events.Publish("tag", image, name.WithDefaultTag().Familiar);
        }

        return Task.FromResult(image);
    }

    public Task<ImmutableArray<Image>> LoadAsync(
        Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken) =>
        loader.LoadAsync(archive, platform, progress, cancellationToken);

    public Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken) =>
        saver.SaveAsync(references, platform, destination, cancellationToken);

    public Task SaveAsAsync(Image image, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken) =>
        saver.SaveAsAsync(image, names, destination, cancellationToken);

    public async Task<Image> ImportAsync(Stream rootFileSystem, ImageDraft template, ImageReference? name, CancellationToken cancellationToken)
    {
        var chain = await snapshots.ApplyAsync(LayerChain.Empty, rootFileSystem, cancellationToken);
        var created = template.Created ?? time.GetUtcNow();
        var draft = template with
        {
            Layers = chain,
            Created = created,
            History = [new() { Created = created, Comment = template.Comment }],
        };
        var image = await CreateAsync(draft, name is null ? [] : [name], cancellationToken);
        events.Publish("import", image);
        return image;
    }

    public void AddUser(IImageUser user) => remover.AddUser(user);
}

using System.Collections.Immutable;
using Naru.Core.Images;

namespace Naru.Images.Catalogue;

/// <summary>All images and names at one moment. Readers take a reference and need no lock.</summary>
internal sealed record CatalogueState
{
    internal static CatalogueState Empty { get; } = new();

    /// <summary>By id; their tags and digests are filled in.</summary>
    internal ImmutableDictionary<Digest, Image> Images { get; init; } = ImmutableDictionary<Digest, Image>.Empty;

    /// <summary>By whole name, such as "docker.io/library/busybox:latest".</summary>
    internal ImmutableSortedDictionary<string, Digest> Names { get; init; } = ImmutableSortedDictionary<string, Digest>.Empty.WithComparers(StringComparer.Ordinal);

    internal Image? Find(ImageReference name) =>
        Names.TryGetValue(name.WithDefaultTag().Canonical, out var id) ? Images.GetValueOrDefault(id)
        : name is { Tag: not null, Digest: not null } ? Find(name with { Tag = null })
        : null;

    /// <summary>The names of an image, tags and digests.</summary>
    internal ImmutableArray<ImageReference> NamesOf(Digest id) => [.. Names.Where(pair => pair.Value == id).Select(pair => ImageReference.Parse(pair.Key))];

    internal ImmutableArray<Image> Children(Digest id) => [.. Images.Values.Where(image => image.Parent == id)];

    internal CatalogueState WithImage(Image image) => Refresh(this with { Images = Images.SetItem(image.Id, image) }, image.Id);

    internal CatalogueState WithoutImage(Digest id) => this with { Images = Images.Remove(id) };

    /// <summary>Gives the name to the image, and takes it from another.</summary>
    internal CatalogueState WithName(ImageReference name, Digest id, DateTimeOffset now)
    {
        var before = Names.GetValueOrDefault(name.Canonical);
        var state = this with { Names = Names.SetItem(name.Canonical, id) };
        if (name.Tag is not null && state.Images.TryGetValue(id, out var image))
        {
            state = state with { Images = state.Images.SetItem(id, image with { LastTagged = now }) };
        }

        state = Refresh(state, id);
        return before != default && before != id ? Refresh(state, before) : state;
    }

    internal CatalogueState WithoutName(ImageReference name)
    {
        return Names.TryGetValue(name.Canonical, out var id) ? Refresh(this with { Names = Names.Remove(name.Canonical) }, id) : this;
    }

    private static CatalogueState Refresh(CatalogueState state, Digest id)
    {
        if (!state.Images.TryGetValue(id, out var image))
        {
            return state;
        }

        var names = state.NamesOf(id);
        return state with
        {
            Images = state.Images.SetItem(id, image with
            {
                Tags = [.. names.Where(name => name.Tag is not null).Select(name => name.Familiar).Order(StringComparer.Ordinal)],
                Digests = [.. names.Where(name => name.Digest is not null).Select(name => name.Familiar).Order(StringComparer.Ordinal)],
            }),
        };
    }
}

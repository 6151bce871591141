using System.Collections.Immutable;
using System.Text.Json;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Catalogue;
using Naru.Images.Formats;
using Naru.Images.Layers;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Images.Archives;

/// <summary>Writes images as one archive that is a docker archive and an OCI layout at once: both name the same blobs.</summary>
internal sealed class ImageSaver(ImageCatalogue catalogue, LayerStore layers, ImageEvents events)
{
    private const string NameAnnotation = "io.containerd.image.name";
    private const string ReferenceAnnotation = "org.opencontainers.image.ref.name";

    internal Task SaveAsync(IReadOnlyList<string> references, Platform? platform, Stream destination, CancellationToken cancellationToken) =>
        SaveAsync(Resolve(references, platform), destination, cancellationToken);

    internal Task SaveAsAsync(Image image, IReadOnlyList<ImageReference> names, Stream destination, CancellationToken cancellationToken)
    {
        var wanted = Wanted();
        wanted.Add(image, new(names.Select(name => name.WithDefaultTag().Familiar), StringComparer.Ordinal));
        return SaveAsync(wanted, destination, cancellationToken);
    }

    private static SortedList<Image, SortedSet<string>> Wanted() =>
        new(Comparer<Image>.Create((one, other) => string.CompareOrdinal(one.Id.Value, other.Id.Value)));

    private async Task SaveAsync(SortedList<Image, SortedSet<string>> wanted, Stream destination, CancellationToken cancellationToken)
    {
        // 1. All is held before the first byte.
        var holds = wanted.Keys.Select(image => layers.HoldExisting(image.Layers)).ToList();
        try
        {
            using var writer = new TarWriter(destination);
            var blobs = new SortedDictionary<string, Func<Task>>(StringComparer.Ordinal);
            var lines = new List<ArchiveLine>();
            var entries = new List<Descriptor>();
            var repositories = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
            foreach (var (image, names) in wanted)
            {
                Describe(image, names, writer, blobs, lines, entries, repositories, cancellationToken);
            }

            // 2. Blobs in order of their digests, then what names them.
            foreach (var directory in new[] { "blobs/", "blobs/sha256/" })
            {
                await writer.WriteEntryAsync(new() { Name = directory, Kind = TarEntryKind.Directory, Permissions = 0x1ED }, cancellationToken);
            }

            foreach (var write in blobs.Values)
            {
                await write();
            }

            var index = new ManifestFile { SchemaVersion = 2, MediaType = MediaTypes.OciIndex, Manifests = [.. entries] };
            await WriteJsonAsync(writer, "index.json", JsonSerializer.SerializeToUtf8Bytes(index, FormatsJson.Default.ManifestFile), cancellationToken);
            await WriteJsonAsync(writer, "manifest.json", JsonSerializer.SerializeToUtf8Bytes([.. lines], FormatsJson.Default.ArchiveLineArray), cancellationToken);
            await WriteJsonAsync(writer, "oci-layout", JsonSerializer.SerializeToUtf8Bytes(new(), FormatsJson.Default.LayoutFile), cancellationToken);
            if (repositories.Count > 0)
            {
                await WriteJsonAsync(
                    writer, "repositories", JsonSerializer.SerializeToUtf8Bytes(repositories, FormatsJson.Default.SortedDictionaryStringSortedDictionaryStringString), cancellationToken);
            }

            await writer.FinishAsync(cancellationToken);
        }
        finally
        {
            holds.ForEach(hold => hold.Dispose());
        }

        foreach (var image in wanted.Keys)
        {
            events.Publish("save", image);
        }
    }

    private SortedList<Image, SortedSet<string>> Resolve(IReadOnlyList<string> references, Platform? platform)
    {
        var state = catalogue.State;
        var wanted = Wanted();
        foreach (var reference in references)
        {
            if (RepositoryTags(state, reference) is { IsEmpty: false } tags)
            {
                foreach (var (name, id) in tags)
                {
                    Add(state.Images[id], name);
                }

                continue;
            }

            var image = ImageLookup.Get(state, reference);
            var isName = !ImageLookup.IsIdOf(image, reference);
            Add(image, isName && ImageReference.Parse(reference).WithDefaultTag() is { Tag: not null, Digest: null } tagged ? tagged.Familiar : null);
        }

        return wanted;

        void Add(Image image, string? name)
        {
            if (platform is not null && !platform.Accepts(image.Platform))
            {
                throw NaruException.NotFound($"image {name ?? image.Id.Value} is not for the platform {platform} but for {image.Platform}");
            }

            if (!wanted.TryGetValue(image, out var names))
            {
                wanted.Add(image, names = new(StringComparer.Ordinal));
            }

            if (name is not null)
            {
                names.Add(name);
            }
        }
    }

    /// <summary>A name without a tag stands for all tags of its repository.</summary>
    private static ImmutableArray<(string Name, Digest Id)> RepositoryTags(CatalogueState state, string reference)
    {
        if (!ImageReference.TryParse(reference, out var repository, out _) || repository is not { Tag: null, Digest: null })
        {
            return [];
        }

        var prefix = repository.Canonical + ":";
        return [.. state.Names.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && !pair.Key[prefix.Length..].Contains('/', StringComparison.Ordinal))
            .Select(pair => (ImageReference.Parse(pair.Key).Familiar, pair.Value))];
    }

    private void Describe(
        Image image,
        SortedSet<string> names,
        TarWriter writer,
        SortedDictionary<string, Func<Task>> blobs,
        List<ArchiveLine> lines,
        List<Descriptor> entries,
        SortedDictionary<string, SortedDictionary<string, string>> repositories,
        CancellationToken cancellationToken)
    {
        var chain = layers.Get(image.Layers);
        foreach (var layer in chain)
        {
            blobs[ArchiveContents.PathOf(layer.DiffId)] = () => WriteLayerAsync(writer, layer, cancellationToken);
        }

        blobs[ArchiveContents.PathOf(image.Id)] = () => WriteJsonAsync(writer, ArchiveContents.PathOf(image.Id), image.ConfigBytes, cancellationToken);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(
            new ManifestFile
            {
                SchemaVersion = 2,
                MediaType = MediaTypes.OciManifest,
                Config = new() { MediaType = MediaTypes.OciConfig, Digest = image.Id.Value, Size = image.ConfigBytes.Length },
                Layers = [.. chain.Select(layer => new Descriptor { MediaType = MediaTypes.OciLayer, Digest = layer.DiffId.Value, Size = layer.Record.TarSize })],
            },
            FormatsJson.Default.ManifestFile);
        var digest = Digest.Of(manifest);
        blobs[ArchiveContents.PathOf(digest)] = () => WriteJsonAsync(writer, ArchiveContents.PathOf(digest), manifest, cancellationToken);

        lines.Add(new()
        {
            Config = ArchiveContents.PathOf(image.Id),
            RepoTags = names.Count == 0 ? null : [.. names],
            Layers = [.. chain.Select(layer => ArchiveContents.PathOf(layer.DiffId))],
        });
        var plain = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = digest.Value, Size = manifest.Length };
        entries.AddRange(names.Count == 0 ? [plain] : names.Select(name => plain with { Annotations = Annotate(name) }));
        foreach (var name in names.Select(ImageReference.Parse))
        {
            if (!repositories.TryGetValue(name.FamiliarRepository, out var tags))
            {
                repositories.Add(name.FamiliarRepository, tags = new(StringComparer.Ordinal));
            }

            tags[name.Tag!] = chain.IsEmpty ? image.Id.Hex : chain[^1].ChainId.Hex;
        }
    }

    private static SortedDictionary<string, string> Annotate(string name)
    {
        var reference = ImageReference.Parse(name);
        return new(StringComparer.Ordinal) { [NameAnnotation] = reference.Canonical, [ReferenceAnnotation] = reference.Tag! };
    }

    private static async Task WriteLayerAsync(TarWriter writer, Layer layer, CancellationToken cancellationToken)
    {
        await writer.WriteEntryAsync(
            new() { Name = ArchiveContents.PathOf(layer.DiffId), Kind = TarEntryKind.Regular, Size = layer.Record.TarSize }, cancellationToken);
        await LayerExporter.CopyToAsync(layer, new EntryStream(writer), cancellationToken);
    }

    private static async Task WriteJsonAsync(TarWriter writer, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await writer.WriteFileAsync(name, content, default(UnixTime), cancellationToken);

    /// <summary>The current entry of an archive as a stream.</summary>
    private sealed class EntryStream(TarWriter writer) : PassingStream(Null)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            writer.WriteAsync(buffer, cancellationToken);

        protected override void Passed(ReadOnlySpan<byte> bytes)
        {
        }
    }
}

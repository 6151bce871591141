using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Catalogue;
using Naru.Images.Formats;
using Naru.Images.Layers;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Images.Archives;

/// <summary>Reads images from docker archives and OCI layouts.</summary>
internal sealed class ImageLoader(
    ImageCatalogue catalogue,
    LayerStore layers,
    LayerUnpacker unpacker,
    ChainAssembler assembler,
    Decompressor decompressor,
    ImageEvents events,
    ImagesOptions options,
    TimeProvider time)
{
    internal async Task<ImmutableArray<Image>> LoadAsync(
        Stream archive, Platform? platform, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        // manifest.json may come last, so the archive is laid out on disk first.
        var temporary = layers.CreateTemporary();
        try
        {
            using var root = RootedDirectory.Open(temporary);
            await using (var plain = await decompressor.OpenAsync(archive, cancellationToken))
            {
                using var extractor = new TarExtractor(
                    root, new() { Owner = (0, 0), Devices = DevicePolicy.Refuse, KeepTop = true, Limits = options.Limits });
                await extractor.ExtractAsync(plain, cancellationToken);
            }

            var contents = new ArchiveContents(root);
            var loaded = ImmutableArray.CreateBuilder<Image>();
            foreach (var archived in ArchiveReader.Read(contents, platform))
            {
                loaded.Add(await TakeAsync(contents, archived, progress, cancellationToken));
            }

            return loaded.ToImmutable();
        }
        finally
        {
            using var staging = RootedDirectory.Open(Path.GetDirectoryName(temporary)!);
            staging.RemoveTree(Path.GetFileName(temporary));
        }
    }

    private async Task<Image> TakeAsync(ArchiveContents contents, ArchivedImage archived, IProgress<ImageProgress> progress, CancellationToken cancellationToken)
    {
        var described = ConfigFiles.Read(archived.Config);
        var diffIds = described.Layers.DiffIds;
        if (diffIds.Length != archived.LayerPaths.Length)
        {
            throw NaruException.Invalid($"invalid manifest, layers length mismatch: expected {diffIds.Length}, got {archived.LayerPaths.Length}");
        }

        using var hold = await assembler.AssembleAsync(
            described.Layers,
            options.ConcurrentDownloads,
            _ => { },
            async (index, parent, staged, token) =>
            {
                await using var file = contents.Open(archived.LayerPaths[index]);
                using var hashed = new HashingStream(new ProgressStream(file, diffIds[index].Short, "Loading layer", file.Length, progress, time));
                await unpacker.UnpackAsync(staged, hashed, parent, diffIds[index], DevicePolicy.Harmless, token);
                if (archived.LayerDigests[index] is { } expected)
                {
                    await hashed.CopyToAsync(Stream.Null, token);
                    if (hashed.GetDigest() != expected)
                    {
                        throw NaruException.Invalid($"invalid archive: blob {expected} has another digest");
                    }
                }
            },
            cancellationToken);

        var image = catalogue.Describe(archived.Config, parent: null, manifest: null);
        var now = time.GetUtcNow();
        image = catalogue.Change(state =>
        {
            var next = state.Images.ContainsKey(image.Id) ? state : state.WithImage(image);
            next = archived.Names.Aggregate(next, (so, name) => so.WithName(name, image.Id, now));
            return (next, next.Images[image.Id]);
        });
        layers.Settle(image.Layers);
        events.Publish("load", image);
        foreach (var name in archived.Names)
        {
            progress.Report(new("", $"Loaded image: {name.Familiar}"));
        }

        if (archived.Names.IsEmpty)
        {
            progress.Report(new("", $"Loaded image ID: {image.Id}"));
        }

        return image;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Images.Layers;

/// <summary>Puts a layer's tar together again from its recipe and its files.</summary>
internal sealed class LayerRecipeReader(Layer layer)
{
    private const int MaxRecord = 128 << 20;

    private readonly List<(long At, string Path)> _replaced = [];
    private long _contents;

    /// <summary>Writes the tar. Files that changed or are gone give a wrong digest or <see cref="ErrorKind.DataLoss"/>.</summary>
    internal async Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (layer.Record.HasReplaced)
        {
            await FindReplacedAsync(cancellationToken);
        }

        using var root = RootedDirectory.Open(layer.Directory);
        await foreach (var (kind, content) in ReadAsync(cancellationToken))
        {
            switch (kind)
            {
                case LayerRecipe.StructureKind:
                    await destination.WriteAsync(content, cancellationToken);
                    break;
                case LayerRecipe.ContentKind:
                    var size = BinaryPrimitives.ReadInt64LittleEndian(content.Span);
                    await CopyContentAsync(root, PosixText.Decode(content.Span[8..]), size, destination, cancellationToken);
                    break;
                default:
                    break;
            }
        }
    }

    private async Task CopyContentAsync(RootedDirectory root, string path, long size, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = root.OpenRead(PlaceOf(path, _contents++));
            if (file.Length != size)
            {
                throw new NaruException(ErrorKind.DataLoss, $"the file {path} of layer {layer.DiffId.Short} changed its size");
            }

            await file.CopyToAsync(destination, 256 * 1024, cancellationToken);
        }
        catch (LinuxException gone)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the file {path} of layer {layer.DiffId.Short} is lost: {gone.Message}", gone);
        }
    }

    /// <summary>Where the content lies that a member brought: under "replaced" if a later member took its place.</summary>
    private string PlaceOf(string path, long content)
    {
        for (var index = 0; index < _replaced.Count; index++)
        {
            var (at, replaced) = _replaced[index];
            if (at > content && (path == replaced || path.StartsWith(replaced + "/", StringComparison.Ordinal)))
            {
                return $"{LayerDirectories.Replaced}/{index.ToString(CultureInfo.InvariantCulture)}{path[replaced.Length..]}";
            }
        }

        return $"{LayerDirectories.Files}/{path}";
    }

    private async Task FindReplacedAsync(CancellationToken cancellationToken)
    {
        await foreach (var (kind, content) in ReadAsync(cancellationToken))
        {
            if (kind == LayerRecipe.ReplacedKind)
            {
                _replaced.Add((BinaryPrimitives.ReadInt64LittleEndian(content.Span), PosixText.Decode(content.Span[8..])));
            }
        }
    }

    private async IAsyncEnumerable<(byte Kind, ReadOnlyMemory<byte> Content)> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            Path.Combine(layer.Directory, LayerDirectories.Recipe), FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
        await using var stream = new ZstdSharp.DecompressionStream(file, leaveOpen: true);
        var head = new byte[5];
        while (await stream.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, cancellationToken) == 5)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1));
            if (length is < 0 or > MaxRecord)
            {
                throw new NaruException(ErrorKind.DataLoss, $"the recipe of layer {layer.DiffId.Short} is broken");
            }

            var content = new byte[length];
            await stream.ReadExactlyAsync(content, cancellationToken);
            yield return (head[0], content);
        }
    }
}

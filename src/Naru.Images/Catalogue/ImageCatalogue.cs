using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Images.Formats;
using Naru.Images.Layers;
using Naru.Linux.Files;

namespace Naru.Images.Catalogue;

/// <summary>
/// The images and their names, in memory for readers and on disk before a change counts: configuration files by digest, and one file for the rest,
/// replaced whole. Changes are made one after another.
/// </summary>
internal sealed partial class ImageCatalogue
{
    private readonly LayerStore _layers;
    private readonly ILogger<ImageCatalogue> _logger;
    private readonly string _configs;
    private readonly string _file;
    private readonly Lock _lock = new();
    private volatile CatalogueState _state = CatalogueState.Empty;

    public ImageCatalogue(LayerStore layers, EngineDirectories directories, ILogger<ImageCatalogue> logger)
    {
        (_layers, _logger) = (layers, logger);
        _configs = directories.DataPath("images", "configs");
        _file = directories.DataPath("images", "images.json");
        layers.AddUser(() => _state.Images.Values.Select(image => image.Layers));
    }

    internal CatalogueState State => _state;

    /// <summary>Reads what is there; layers must be loaded. An image that lost a layer or its file is left out and reported.</summary>
    internal void Load()
    {
        Directory.CreateDirectory(_configs);
        if (!File.Exists(_file))
        {
            return;
        }

        var file = JsonSerializer.Deserialize(File.ReadAllBytes(_file), CatalogueJson.Default.CatalogueFile)!;
        if (file.Version != 1)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"{_file} has version {file.Version}, which this naru does not know");
        }

        var state = CatalogueState.Empty;
        foreach (var (id, line) in file.Images)
        {
            if (TryRead(Digest.Parse(id), line) is { } image)
            {
                state = state.WithImage(image);
            }
        }

        foreach (var (name, id) in file.Names.Where(pair => state.Images.ContainsKey(Digest.Parse(pair.Value))))
        {
            var parsed = Digest.Parse(id);
            state = state.WithName(ImageReference.Parse(name), parsed, state.Images[parsed].LastTagged ?? DateTimeOffset.UnixEpoch);
        }

        _state = state;
        RemoveStrayConfigs(file);
    }

    /// <summary>Makes one change. It is on disk when this returns; if it throws, nothing changed.</summary>
    internal T Change<T>(Func<CatalogueState, (CatalogueState Next, T Result)> change)
    {
        lock (_lock)
        {
            var (next, result) = change(_state);
            if (!ReferenceEquals(next, _state))
            {
                Write(_state, next);
                _state = next;
            }

            return result;
        }
    }

    internal void Change(Func<CatalogueState, CatalogueState> change) => Change(state => (change(state), true));

    /// <summary>An image from its configuration file, with its size; its layers must be here.</summary>
    internal Image Describe(ReadOnlyMemory<byte> config, Digest? parent, Digest? manifest)
    {
        var image = ConfigFiles.Read(config);
        return image with { Parent = parent, Manifest = manifest, Size = _layers.Get(image.Layers).Sum(layer => layer.Size) };
    }

    private void Write(CatalogueState before, CatalogueState next)
    {
        foreach (var image in next.Images.Values.Where(image => !before.Images.ContainsKey(image.Id)))
        {
            AtomicFile.Replace(Path.Combine(_configs, image.Id.Hex), image.ConfigBytes.Span, durable: true);
        }

        var file = new CatalogueFile();
        foreach (var image in next.Images.Values)
        {
            file.Images[image.Id.Value] = new() { Parent = image.Parent?.Value, LastTagged = image.LastTagged, Manifest = image.Manifest?.Value };
        }

        foreach (var (name, id) in next.Names)
        {
            file.Names[name] = id.Value;
        }

        AtomicFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(file, CatalogueJson.Default.CatalogueFile), durable: true);
        foreach (var gone in before.Images.Keys.Where(id => !next.Images.ContainsKey(id)))
        {
            File.Delete(Path.Combine(_configs, gone.Hex));
        }
    }

    private Image? TryRead(Digest id, CatalogueLine line)
    {
        try
        {
            var config = File.ReadAllBytes(Path.Combine(_configs, id.Hex));
            if (Digest.Of(config) != id)
            {
                throw new NaruException(ErrorKind.DataLoss, "its configuration file was changed");
            }

            var image = Describe(config, Parse(line.Parent), Parse(line.Manifest));
            return image with { LastTagged = line.LastTagged };
        }
        catch (Exception broken) when (broken is IOException or NaruException)
        {
            LogBroken(id, broken.Message);
            return null;
        }
    }

    private static Digest? Parse(string? text) => text is null ? null : Digest.Parse(text);

    private void RemoveStrayConfigs(CatalogueFile file)
    {
        foreach (var path in Directory.GetFiles(_configs))
        {
            if (!Digest.TryParse("sha256:" + Path.GetFileName(path), out var id) || !file.Images.ContainsKey(id.Value))
            {
                File.Delete(path);
            }
        }
    }

    [LoggerMessage(2020, LogLevel.Error, "Image {Id} cannot be read and is left out: {Problem}")]
    private partial void LogBroken(Digest id, string problem);
}

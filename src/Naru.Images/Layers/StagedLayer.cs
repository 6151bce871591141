using System.Text.Json;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Images.Layers;

/// <summary>A layer in the making: a directory of its own that counts for nothing until the store takes it in.</summary>
internal sealed class StagedLayer : IDisposable
{
    private bool _taken;

    internal StagedLayer(string directory)
    {
        DirectoryPath = directory;
        Directory.CreateDirectory(Path.Combine(directory, LayerDirectories.Files));
    }

    internal string DirectoryPath { get; private set; }

    internal string FilesPath => Path.Combine(DirectoryPath, LayerDirectories.Files);

    /// <summary>Set when the layer is whole.</summary>
    internal LayerRecord? Record { get; set; }

    /// <summary>Directories that the tar implied without describing them.</summary>
    internal IReadOnlyList<string> ImpliedDirectories { get; set; } = [];

    /// <summary>Gives implied directories the owner and mode that the layers below say, as they would hide those.</summary>
    internal void Complete(IReadOnlyList<string> lower)
    {
        if (ImpliedDirectories.Count == 0 || lower.Count == 0)
        {
            return;
        }

        using var files = RootedDirectory.Open(FilesPath);
        foreach (var path in ImpliedDirectories)
        {
            foreach (var below in lower)
            {
                using var root = RootedDirectory.Open(below);
                if (root.TryStat(path, follow: false) is not { } status)
                {
                    continue;
                }

                if (status.IsDirectory)
                {
                    files.ChangeOwner(path, status.User, status.Group);
                    files.ChangeMode(path, status.Permissions);
                    files.SetTimes(path, status.Modified, status.Modified);
                }

                break;
            }
        }
    }

    internal void WriteRecord() =>
        AtomicFile.Replace(
            Path.Combine(DirectoryPath, LayerDirectories.Record),
            JsonSerializer.SerializeToUtf8Bytes(Record!, LayerJson.Default.LayerRecord),
            durable: false);

    /// <summary>The directory is the store's from now on.</summary>
    internal void MarkTaken(string directory) => (_taken, DirectoryPath) = (true, directory);

    public void Dispose()
    {
        if (!_taken)
        {
            using var parent = RootedDirectory.Open(Path.GetDirectoryName(DirectoryPath)!);
            parent.RemoveTree(Path.GetFileName(DirectoryPath));
        }
    }

    internal Digest ChainId => Digest.Parse(Record!.ChainId);
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Naru.Core.Lifetime;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Backups;

/// <summary>
/// Writes a backup of the data directory while naru runs. Every stored object is replaced whole, by renaming, so each file that is read is one
/// that was true; names come in order, so containers are read before the images and roots they name. What vanishes meanwhile was removed by its owner.
/// </summary>
internal sealed class BackupWriter(EngineDirectories directories, TimeProvider time, ClusterBackup? cluster = null)
{
    /// <summary>Writes to the end of the backup; the destination is not closed.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="volumes">Whether the contents of volumes go along.</param>
    /// <param name="cancellationToken">Gives up; what was written is then no backup, since its sum is missing.</param>
    public async Task WriteAsync(Stream destination, bool volumes, CancellationToken cancellationToken)
    {
        using var copy = cluster is null ? null : await cluster.CopyAsync(cancellationToken);
        await using var packed = new GZipStream(destination, CompressionLevel.Fastest, leaveOpen: true);
        await using var summed = new SummingStream(packed);
        using (var tar = new TarWriter(summed))
        {
            await WriteHeaderAsync(tar, volumes, cancellationToken);
            var archiver = new DirectoryArchiver(new ArchivingOptions
            {
                TopName = BackupFormat.TreeName,
                Include = path => BackupScope.Contains(path, volumes),
                KeepAttribute = _ => true,
                Whiteouts = WhiteoutForm.Overlay,
                CrossMounts = false,
            });
            using var root = RootedDirectory.Open(directories.Data);
            await archiver.WriteAsync(root, "", tar, cancellationToken);
            await tar.FinishAsync(cancellationToken);
        }

        await packed.WriteAsync(Encoding.ASCII.GetBytes(summed.Sum() + "\n"), cancellationToken);
    }

    private async Task WriteHeaderAsync(TarWriter tar, bool volumes, CancellationToken cancellationToken)
    {
        var header = new JsonObject
        {
            ["format"] = BackupFormat.Version,
            ["naru"] = BuildFacts.Version,
            ["instance"] = directories.InstanceId,
            ["made"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["volumes"] = volumes,
        };
        await tar.WriteFileAsync(BackupFormat.HeaderName, Encoding.UTF8.GetBytes(header.ToJsonString()), default, cancellationToken);
    }
}

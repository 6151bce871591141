using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Backups;

/// <summary>
/// Writes a backup of the data directory while naru runs. Every stored object is replaced whole, by renaming, so each file that is read is one
/// that was true; what refers to other objects is read before them. A file that vanishes meanwhile was removed by its owner and is left out.
/// </summary>
internal sealed class BackupWriter(EngineDirectories directories, TimeProvider time)
{
    private const string DateFormat = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>Writes to the end of the backup; the destination is not closed.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="volumes">Whether the contents of volumes go along.</param>
    /// <param name="cancellationToken">Gives up; what was written is then no backup, since its sums are missing.</param>
    public async Task WriteAsync(Stream destination, bool volumes, CancellationToken cancellationToken)
    {
        await using var compressed = new GZipStream(destination, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(compressed, TarEntryFormat.Pax, leaveOpen: true);
        using var root = RootedDirectory.Open(directories.Data);
        var sums = new StringBuilder();
        var header = new JsonObject
        {
            ["format"] = BackupFormat.Version,
            ["naru"] = BuildFacts.Version,
            ["instance"] = directories.InstanceId,
            ["made"] = time.GetUtcNow().ToString(DateFormat, CultureInfo.InvariantCulture),
            ["volumes"] = volumes,
        };
        await AddTextAsync(tar, BackupFormat.HeaderName, header.ToJsonString(), sums, cancellationToken);
        foreach (var path in BackupScope.Enumerate(directories.Data, volumes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await AddPathAsync(tar, root, path, sums, cancellationToken);
        }

        await AddTextAsync(tar, BackupFormat.SumsName, sums.ToString(), sums: null, cancellationToken);
    }

    private async Task AddPathAsync(TarWriter tar, RootedDirectory root, string path, StringBuilder sums, CancellationToken cancellationToken)
    {
        var relative = Path.GetRelativePath(directories.Data, path);
        var name = BackupFormat.TreePrefix + relative;
        try
        {
            var status = root.Stat(relative, follow: false);
            if (status.Kind == FileKind.Socket)
            {
                return;
            }

            if (status.Kind != FileKind.Regular)
            {
                await tar.WriteEntryAsync(path, name, cancellationToken);
                return;
            }

            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            await using var content = new SummingStream(file, file.Length);
            var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = (UnixFileMode)status.Permissions,
                Uid = (int)status.User,
                Gid = (int)status.Group,
                ModificationTime = File.GetLastWriteTimeUtc(file.SafeFileHandle),
                DataStream = content,
            };
            await tar.WriteEntryAsync(entry, cancellationToken);
            sums.Append(content.Sum()).Append("  ").Append(name).Append('\n');
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or LinuxException { Errno: Errno.NotFound })
        {
            // Removed by its owner since it was listed.
        }
    }

    private async Task AddTextAsync(TarWriter tar, string name, string text, StringBuilder? sums, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var entry = new PaxTarEntry(TarEntryType.RegularFile, name) { ModificationTime = time.GetUtcNow(), DataStream = new MemoryStream(bytes) };
        await tar.WriteEntryAsync(entry, cancellationToken);
        sums?.Append(Convert.ToHexStringLower(SHA256.HashData(bytes))).Append("  ").Append(name).Append('\n');
    }
}

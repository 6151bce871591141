using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;

namespace Naru.Backups;

/// <summary>Reads a backup: checks its sum to the last byte, unpacks it beside the data directory, and only then puts it in its place.</summary>
internal static class BackupReader
{
    /// <summary>Restores into a data directory that does not exist yet or is empty.</summary>
    /// <returns>The backup's header.</returns>
    /// <exception cref="NaruException"><see cref="ErrorKind.FailedPrecondition"/>: the directory holds something, or the backup is of another format;
    /// <see cref="ErrorKind.DataLoss"/>: the backup is cut off or changed. Nothing is left behind.</exception>
    public static async Task<JsonObject> RestoreAsync(Stream backup, string dataDirectory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any(path => Path.GetFileName(path) != "naru.lock"))
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"{dataDirectory} is not empty; restore into a new --data-dir, or move the old one away");
        }

        var staging = $"{dataDirectory}.restoring-{Environment.ProcessId}";
        try
        {
            await CheckSumAsync(backup, cancellationToken);
            backup.Position = 0;
            Directory.CreateDirectory(staging, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await UnpackAsync(backup, staging, cancellationToken);
            ClusterBackup.PutInPlace(Path.Combine(staging, BackupFormat.TreeName));
            var header = CheckHeader(Path.Combine(staging, BackupFormat.HeaderName));
            if (Directory.Exists(dataDirectory))
            {
                Directory.Delete(dataDirectory, recursive: true);
            }

            Directory.Move(Path.Combine(staging, BackupFormat.TreeName), dataDirectory);
            return header;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    private static async Task CheckSumAsync(Stream backup, CancellationToken cancellationToken)
    {
        await using var plain = new GZipStream(backup, CompressionMode.Decompress, leaveOpen: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // The last bytes are the sum itself, and only the end tells which bytes were the last.
        var buffer = new byte[1 << 20];
        var held = 0;
        while (await plain.ReadAsync(buffer.AsMemory(held), cancellationToken) is > 0 and var count)
        {
            held += count;
            if (held > BackupFormat.SumLength)
            {
                hash.AppendData(buffer, 0, held - BackupFormat.SumLength);
                buffer.AsSpan(held - BackupFormat.SumLength, BackupFormat.SumLength).CopyTo(buffer);
                held = BackupFormat.SumLength;
            }
        }

        var sum = Convert.ToHexStringLower(hash.GetHashAndReset()) + "\n";
        if (Encoding.ASCII.GetString(buffer, 0, held) != sum)
        {
            throw new NaruException(ErrorKind.DataLoss, "this is no backup of naru, or it is cut off or changed: its sum is wrong");
        }
    }

    private static async Task UnpackAsync(Stream backup, string staging, CancellationToken cancellationToken)
    {
        await using var plain = new GZipStream(backup, CompressionMode.Decompress, leaveOpen: true);
        using var target = RootedDirectory.Open(staging);
        using var extractor = new TarExtractor(target, new ExtractionOptions { Devices = DevicePolicy.Any, Whiteouts = WhiteoutForm.Overlay });
        await extractor.ExtractAsync(plain, cancellationToken);
    }

    private static JsonObject CheckHeader(string path)
    {
        var header = File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path))!.AsObject() : throw new InvalidDataException("it has no header");
        var version = header["format"]?.GetValue<int>();
        return version == BackupFormat.Version
            ? header
            : throw new NaruException(ErrorKind.FailedPrecondition, $"the backup has format {version}; this naru reads format {BackupFormat.Version}");
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Naru.Core.Errors;

namespace Naru.Backups;

/// <summary>Reads a backup, checks every sum, and only then puts the tree in its place.</summary>
internal static class BackupReader
{
    /// <summary>Restores into a data directory that does not exist yet or is empty.</summary>
    /// <returns>The backup's header.</returns>
    /// <exception cref="NaruException"><see cref="ErrorKind.FailedPrecondition"/>: the directory holds something;
    /// <see cref="ErrorKind.DataLoss"/>: the backup is cut off or changed. Nothing is left behind.</exception>
    public static async Task<JsonObject> RestoreAsync(Stream backup, string dataDirectory, CancellationToken cancellationToken)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any(path => Path.GetFileName(path) != "naru.lock"))
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"{dataDirectory} is not empty; restore into a new --data-dir, or move the old one away");
        }

        var staging = $"{dataDirectory}.restoring-{Environment.ProcessId}";
        Directory.CreateDirectory(staging, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var header = await UnpackAsync(backup, staging, cancellationToken);
            if (Directory.Exists(dataDirectory))
            {
                Directory.Delete(dataDirectory, recursive: true);
            }

            Directory.Move(Path.Combine(staging, BackupFormat.TreePrefix.TrimEnd('/')), dataDirectory);
            return header;
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static async Task<JsonObject> UnpackAsync(Stream backup, string staging, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(staging, BackupFormat.TreePrefix), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var sums = new Dictionary<string, string>();
        JsonObject? header = null;
        string? promised = null;
        try
        {
            await using var plain = new GZipStream(backup, CompressionMode.Decompress, leaveOpen: true);
            await using var tar = new TarReader(plain, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (entry.Name == BackupFormat.HeaderName)
                {
                    var text = await ReadTextAsync(entry, cancellationToken);
                    sums[entry.Name] = Sum(text);
                    header = CheckHeader(text);
                }
                else if (entry.Name == BackupFormat.SumsName)
                {
                    promised = await ReadTextAsync(entry, cancellationToken);
                }
                else
                {
                    await UnpackEntryAsync(entry, staging, sums, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or System.Text.Json.JsonException)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: {exception.Message}", exception);
        }

        if (header is null || promised is null)
        {
            throw new NaruException(ErrorKind.DataLoss, header is null ? "this is no backup of naru" : "the backup is cut off: its sums are missing");
        }

        Compare(promised, sums);
        return header;
    }

    private static async Task UnpackEntryAsync(TarEntry entry, string staging, Dictionary<string, string> sums, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(Path.Combine(staging, entry.Name));
        var top = Path.Combine(staging, BackupFormat.TreePrefix.TrimEnd('/'));
        if (!target.StartsWith(top + "/", StringComparison.Ordinal))
        {
            throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: it names {entry.Name}");
        }

        // Entries come parents first, so a parent that is a link was put there by this archive to lead elsewhere.
        for (var parent = Path.GetDirectoryName(target)!; parent.Length > top.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (new DirectoryInfo(parent) is { Exists: false } or { LinkTarget: not null })
            {
                throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: {entry.Name} lies below no directory");
            }
        }

        if (entry.EntryType != TarEntryType.RegularFile)
        {
            await entry.ExtractToFileAsync(target, overwrite: false, cancellationToken);
            return;
        }

        await using (var file = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            await using var content = new SummingStream(entry.DataStream ?? Stream.Null, entry.Length);
            await content.CopyToAsync(file, cancellationToken);
            sums[entry.Name] = content.Sum();
        }

        BackupOwnership.Apply(target, entry);
    }

    private static JsonObject CheckHeader(string text)
    {
        var header = JsonNode.Parse(text)!.AsObject();
        var version = header["format"]?.GetValue<int>();
        return version == BackupFormat.Version
            ? header
            : throw new NaruException(ErrorKind.FailedPrecondition, $"the backup has format {version}; this naru reads format {BackupFormat.Version}");
    }

    private static void Compare(string promised, Dictionary<string, string> sums)
    {
        var lines = promised.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
        {
            var name = line.Length > 66 ? line[66..] : "";
            if (!sums.TryGetValue(name, out var sum) || !line.StartsWith(sum, StringComparison.Ordinal))
            {
                throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: the sum of {name} is wrong");
            }
        }

        if (lines.Length != sums.Count)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: it holds {sums.Count} files and sums of {lines.Length}");
        }
    }

    private static async Task<string> ReadTextAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length > BackupFormat.LargestText || entry.DataStream is null)
        {
            throw new NaruException(ErrorKind.DataLoss, $"the backup is damaged: {entry.Name} is {entry.Length} bytes");
        }

        using var reader = new StreamReader(entry.DataStream, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static string Sum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

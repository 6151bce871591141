using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Volumes;

/// <summary>
/// The volumes' directory: NAME/volume.json says what a volume is, NAME/_data holds its files. A volume exists once its
/// volume.json is there; it stops existing when its directory is renamed away. What lies between was never acknowledged.
/// </summary>
internal sealed partial class VolumeDisk(string root, ILogger<VolumeStore> logger)
{
    private const string RecordName = "volume.json";
    private const string RemovalPrefix = ".removing-";

    internal string DataOf(string name) => Path.Combine(root, name, "_data");

    /// <summary>Reads all volumes and clears away what a crash left half-made or half-removed. Files that somebody put into a volume are never removed.</summary>
    internal List<VolumeRecord> Load()
    {
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        var records = new List<VolumeRecord>();
        foreach (var directory in Directory.EnumerateDirectories(root))
        {
            var name = Path.GetFileName(directory);
            if (name.StartsWith(RemovalPrefix, StringComparison.Ordinal))
            {
                Delete(directory);
            }
            else if (ReadRecord(name) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    internal void Create(VolumeRecord record)
    {
        var directory = Path.Combine(root, record.Name);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(DataOf(record.Name));
        Write(record, durable: true);
        AtomicFile.SyncDirectory(root);
    }

    internal void Write(VolumeRecord record, bool durable) =>
        AtomicFile.Replace(Path.Combine(root, record.Name, RecordName), JsonSerializer.SerializeToUtf8Bytes(record, VolumeJsonContext.Default.VolumeRecord), durable);

    /// <summary>Takes a volume away at one stroke and returns what is left to <see cref="Delete"/>.</summary>
    internal string MoveAway(string name)
    {
        var directory = Path.Combine(root, name);

        // What is mounted inside belongs to others: it must be off before anything below is removed.
        Mounter.UnmountTree(directory);
        var away = Path.Combine(root, RemovalPrefix + Guid.NewGuid().ToString("N"));
        Directory.Move(directory, away);
        AtomicFile.SyncDirectory(root);
        return away;
    }

    internal void Delete(string directory)
    {
        Mounter.UnmountTree(directory);
        using var volumes = RootedDirectory.Open(root);
        volumes.RemoveTree(Path.GetFileName(directory));
    }

    private VolumeRecord? ReadRecord(string name)
    {
        var path = Path.Combine(root, name, RecordName);
        try
        {
            if (File.Exists(path))
            {
                return JsonSerializer.Deserialize(File.ReadAllBytes(path), VolumeJsonContext.Default.VolumeRecord);
            }
        }
        catch (JsonException failure)
        {
            LogUnreadable(path, failure);
        }

        return AdoptOrDrop(name);
    }

    private VolumeRecord? AdoptOrDrop(string name)
    {
        var data = DataOf(name);
        if (!Directory.Exists(data) || !Directory.EnumerateFileSystemEntries(data).Any())
        {
            Delete(Path.Combine(root, name));
            return null;
        }

        LogAdopted(name);
        var record = new VolumeRecord { Name = name, Created = new DateTimeOffset(Directory.GetLastWriteTimeUtc(data), TimeSpan.Zero) };
        Write(record, durable: true);
        return record;
    }

    [LoggerMessage(3410, LogLevel.Error, "{Path} cannot be read: the volume's labels and options are lost")]
    private partial void LogUnreadable(string path, Exception failure);

    [LoggerMessage(3411, LogLevel.Warning, "Volume {Name} has files but no description: taken over as a plain local volume")]
    private partial void LogAdopted(string name);
}

using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Csi;

/// <summary>What has to be undone with a driver for a pod's volume.</summary>
/// <param name="Uid">The pod.</param>
/// <param name="Volume">Name of the volume in the pod.</param>
/// <param name="Driver">Name of the driver.</param>
/// <param name="Handle">The volume as its driver knows it.</param>
/// <param name="Target">Where the pod has it.</param>
/// <param name="Staging">Where the node has it; empty: the driver makes nothing ready.</param>
/// <param name="Device">Its name in the node's status while it is used; empty: it is not attached by anybody.</param>
internal sealed record CsiRecord(string Uid, string Volume, string Driver, string Handle, string Target, string Staging, string Device);

/// <summary>Records on disk, written before a driver is asked for anything: so a run of naru that was killed between two steps leaves nothing that the next one does not know of.</summary>
internal sealed class CsiRecords(PodFiles files)
{
    public void Write(CsiRecord record)
    {
        var path = PathOf(record.Uid, record.Volume);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var text = JsonText.ToBytes(new MapValue
        {
            { "driver", record.Driver },
            { "handle", record.Handle },
            { "target", record.Target },
            { "staging", record.Staging },
            { "device", record.Device },
        });
        File.WriteAllBytes(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Remove(CsiRecord record) => File.Delete(PathOf(record.Uid, record.Volume));

    /// <summary>Those of a pod.</summary>
    public IReadOnlyList<CsiRecord> Of(string uid)
    {
        var directory = Path.Combine(files.Of(uid), "csi");
        return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, "*.json").Select(path => Read(uid, path)).OfType<CsiRecord>()] : [];
    }

    /// <summary>Those of all pods.</summary>
    public IReadOnlyList<CsiRecord> All() =>
        Directory.Exists(files.Root) ? [.. Directory.EnumerateDirectories(files.Root).SelectMany(path => Of(Path.GetFileName(path)))] : [];

    private static CsiRecord? Read(string uid, string path)
    {
        try
        {
            var read = (MapValue)JsonText.Parse(File.ReadAllBytes(path));
            return new CsiRecord(
                uid, Path.GetFileNameWithoutExtension(path), read.Text("driver") ?? "", read.Text("handle") ?? "", read.Text("target") ?? "", read.Text("staging") ?? "", read.Text("device") ?? "");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or NaruException)
        {
            // Removed meanwhile, or never written whole, which a rename does not allow.
            return null;
        }
    }

    private string PathOf(string uid, string volume) => Path.Combine(files.Of(uid), "csi", volume + ".json");
}

using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>
/// Volumes that pods get as devices. A volume of the local provisioner is a file of the volume's size in its directory, shown by a loop device while a pod has it; a volume of an administrator
/// is the device that its path leads to.
/// </summary>
internal sealed class BlockVolumes(PodFiles files, INodeFiles host, INodeMounts mounts)
{
    private const string FileName = "disk";

    /// <summary>The volume is one.</summary>
    public static bool Is(MapValue persistent) => persistent.Text("spec", "volumeMode") == "Block";

    /// <summary>Makes a local volume's device ready for a pod, as large as the volume says. May be repeated.</summary>
    /// <returns>The device's path.</returns>
    public string Prepare(string uid, string volume, MapValue persistent, string place)
    {
        switch (host.KindOf(place))
        {
            case NodeFileKind.BlockDevice:
                return place;
            case NodeFileKind.Directory:
                break;
            default:
                throw new NaruException(ErrorKind.FailedPrecondition, $"MapVolume.MapBlockVolume: path \"{place}\" is neither a block device nor a directory");
        }

        var file = Path.Combine(place, FileName);
        var record = RecordOf(uid, volume);
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.WriteAllText(record, file);
        return mounts.ShowFile(file, Quantity.TryParse(persistent.At("spec", "capacity", "storage")?.ToString(), out var size) ? size.Value : 0);
    }

    /// <summary>Gives back the devices of a pod that no other pod has.</summary>
    public void Release(string uid)
    {
        foreach (var (record, file) in Records(files.Of(uid)).ToList())
        {
            if (!Directory.EnumerateDirectories(files.Root).Where(pod => pod != files.Of(uid)).SelectMany(Records).Any(other => other.File == file))
            {
                mounts.HideFile(file);
            }

            File.Delete(record);
        }
    }

    private static IEnumerable<(string Record, string File)> Records(string pod)
    {
        var directory = Path.Combine(pod, "devices");
        return Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Select(static record => (record, System.IO.File.ReadAllText(record))) : [];
    }

    private string RecordOf(string uid, string volume) => Path.Combine(files.Of(uid), "devices", volume);
}

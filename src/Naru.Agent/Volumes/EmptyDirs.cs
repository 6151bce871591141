using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Volumes that begin empty and live with their pod: directories, or file systems in memory.</summary>
internal sealed class EmptyDirs(INodeFiles files, INodeMounts mounts, IHost host, AgentOptions options)
{
    private const int Everybody = 0x1FF;

    /// <summary>The most that a volume may hold; null: no limit is set.</summary>
    public static long? LimitOf(MapValue volume) =>
        volume.At("emptyDir", "sizeLimit")?.ToString() is { } limit && Quantity.TryParse(limit, out var size) && size.Value > 0 ? size.Value : null;

    /// <summary>It is kept in memory.</summary>
    public static bool InMemory(MapValue volume) => volume.Text("emptyDir", "medium") == "Memory";

    public void Prepare(PodView pod, MapValue volume, string place, VolumeGroup group)
    {
        var isNew = files.KindOf(place) == NodeFileKind.Missing;
        files.MakeDirectory(place, Everybody);
        switch (volume.Text("emptyDir", "medium"))
        {
            case null or "":
                break;
            case "Memory":
                // Gone after a reboot, though the directory is not.
                isNew |= !mounts.IsMounted(place);
                mounts.MountMemory(place, SizeOf(pod, volume));
                break;
            case { } medium:
                throw new NaruException(ErrorKind.FailedPrecondition, $"unknown storage medium \"{medium}\"");
        }

        if (isNew)
        {
            group.TakeOver(files, place);
        }
    }

    // What its pod's containers may use together bounds what a volume in memory can ever hold.
    private long SizeOf(PodView pod, MapValue volume)
    {
        var all = host.Read().Memory - options.ReservedMemory;
        var limits = pod.Members.Where(static one => one.Kind != MemberKind.Ephemeral).Select(static one => one.Spec.At("resources", "limits", "memory")?.ToString()).ToList();
        var most = limits.TrueForAll(static one => one is not null) ? limits.Sum(static one => Quantity.TryParse(one, out var size) ? size.Value : 0) : all;
        return LimitOf(volume) is { } limit ? Math.Min(limit, Math.Min(most, all)) : Math.Min(most, all);
    }
}

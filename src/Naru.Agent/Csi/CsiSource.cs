using System.Security.Cryptography;
using System.Text;
using Naru.Agent.Csi.Wire;
using Naru.Agent.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Csi;

/// <summary>A volume of a driver as a pod asks for it: written into the pod itself, or a persistent volume.</summary>
internal sealed record CsiSource
{
    /// <summary>Name of the volume in the pod.</summary>
    public required string Name { get; init; }

    public required string Driver { get; init; }

    /// <summary>The volume as its driver knows it.</summary>
    public required string Handle { get; init; }

    /// <summary>It lives with the pod.</summary>
    public bool IsInline { get; init; }

    /// <summary>Name of the persistent volume; empty for one that lives with the pod.</summary>
    public string PersistentVolume { get; init; } = "";

    public bool ReadOnly { get; init; }

    /// <summary>It is given as a device.</summary>
    public bool IsBlock { get; init; }

    public string FileSystem { get; init; } = "";

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> MountOptions { get; init; } = [];

    public IReadOnlyList<string> AccessModes { get; init; } = [];

    public MapValue? StageSecret { get; init; }

    public MapValue? PublishSecret { get; init; }

    public MapValue? ExpandSecret { get; init; }

    /// <summary>Bytes that it is to hold; zero: nobody says.</summary>
    public long Capacity { get; init; }

    /// <summary>The volume's name in the status of nodes.</summary>
    public string DeviceName => $"kubernetes.io/csi/{Driver}^{Handle}";

    /// <summary>One that is written into a pod.</summary>
    public static CsiSource Of(PodView pod, MapValue volume)
    {
        var (name, csi) = (volume.Text("name") ?? "", volume.Map("csi")!);
        return new CsiSource
        {
            Name = name,
            Driver = csi.Text("driver") ?? "",
            Handle = "csi-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}{pod.Namespace}{pod.Uid}"))),
            IsInline = true,
            ReadOnly = csi.Boolean("readOnly") == true,
            FileSystem = csi.Text("fsType") ?? "",
            Attributes = Words(csi.Map("volumeAttributes")),
            AccessModes = ["ReadWriteOnce"],
            PublishSecret = csi.Text("nodePublishSecretRef", "name") is { } secret ? new MapValue { { "namespace", pod.Namespace }, { "name", secret } } : null,
        };
    }

    /// <summary>A persistent volume.</summary>
    public static CsiSource Of(MapValue volume, MapValue persistent)
    {
        var csi = persistent.Map("spec", "csi")!;
        return new CsiSource
        {
            Name = volume.Text("name") ?? "",
            Driver = csi.Text("driver") ?? "",
            Handle = csi.Text("volumeHandle") ?? "",
            PersistentVolume = persistent.Text("metadata", "name") ?? "",
            IsBlock = persistent.Text("spec", "volumeMode") == "Block",
            ReadOnly = csi.Boolean("readOnly") == true || volume.Boolean("persistentVolumeClaim", "readOnly") == true,
            FileSystem = csi.Text("fsType") ?? "",
            Attributes = Words(csi.Map("volumeAttributes")),
            MountOptions = [.. persistent.List("spec", "mountOptions")?.Texts() ?? []],
            AccessModes = [.. persistent.List("spec", "accessModes")?.Texts() ?? []],
            StageSecret = csi.Map("nodeStageSecretRef"),
            PublishSecret = csi.Map("nodePublishSecretRef"),
            ExpandSecret = csi.Map("nodeExpandSecretRef"),
            Capacity = Naru.Objects.Quantities.Quantity.TryParse(persistent.At("spec", "capacity", "storage")?.ToString(), out var size) ? size.Value : 0,
        };
    }

    /// <summary>What the driver is told of its use.</summary>
    public VolumeCapability CapabilityFor(CsiDriver driver, long? group)
    {
        var mode = new VolumeCapability.Types.AccessMode { Mode = ModeFor(driver) };
        if (IsBlock)
        {
            return new VolumeCapability { Block = new VolumeCapability.Types.BlockVolume(), AccessMode = mode };
        }

        var mount = new VolumeCapability.Types.MountVolume { FsType = FileSystem };
        mount.MountFlags.AddRange(MountOptions);
        if (group is { } given && driver.TakesGroup)
        {
            mount.VolumeMountGroup = given.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return new VolumeCapability { Mount = mount, AccessMode = mode };
    }

    private VolumeCapability.Types.AccessMode.Types.Mode ModeFor(CsiDriver driver) => AccessModes switch
    {
        _ when AccessModes.Contains("ReadWriteMany") => VolumeCapability.Types.AccessMode.Types.Mode.MultiNodeMultiWriter,
        _ when AccessModes.Contains("ReadOnlyMany") => VolumeCapability.Types.AccessMode.Types.Mode.MultiNodeReaderOnly,
        _ when !driver.TellsWritersApart => VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeWriter,
        _ when AccessModes.Contains("ReadWriteOncePod") => VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeSingleWriter,
        _ => VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeMultiWriter,
    };

    private static Dictionary<string, string> Words(MapValue? map) => map?.ToDictionary(static one => one.Key, static one => one.Value.ToString() ?? "", StringComparer.Ordinal) ?? [];
}

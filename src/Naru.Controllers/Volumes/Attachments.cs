using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Attachments of CSI volumes to nodes, as drivers know them. Pure.</summary>
internal static class Attachments
{
    public static readonly GroupResource Resource = new("storage.k8s.io", "volumeattachments");
    public static readonly GroupResource Drivers = new("storage.k8s.io", "csidrivers");

    /// <summary>The name by which the kubelet finds the attachment.</summary>
    public static string NameFor(MapValue volume, string node) => "csi-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{volume.Text("spec", "csi", "volumeHandle")}{volume.Text("spec", "csi", "driver")}{node}")));

    /// <summary>The volume's name in the status of nodes.</summary>
    public static string DeviceName(MapValue volume) => $"kubernetes.io/csi/{volume.Text("spec", "csi", "driver")}^{volume.Text("spec", "csi", "volumeHandle")}";

    /// <summary>The attachment of a volume to a node.</summary>
    public static MapValue Body(MapValue volume, string node)
    {
        var body = UpkeepResources.Body("storage.k8s.io/v1", "VolumeAttachment", "", NameFor(volume, node));
        body["spec"] = new MapValue(3)
        {
            ["attacher"] = volume.Text("spec", "csi", "driver") ?? "",
            ["source"] = new MapValue(1) { ["persistentVolumeName"] = volume.Text("metadata", "name") ?? "" },
            ["nodeName"] = node,
        };
        return body;
    }

    /// <summary>The volume can be attached to several nodes at once.</summary>
    public static bool IsShared(MapValue volume) => volume.List("spec", "accessModes")?.Texts().Any(static mode => mode is "ReadWriteMany" or "ReadOnlyMany") == true;

    /// <summary>The driver says that it is attached.</summary>
    public static bool IsAttached(MapValue attachment) => attachment.Boolean("status", "attached") == true;
}

using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Kinds of volumes by the field that says so, and why some cannot be mounted here.</summary>
internal static class VolumeKinds
{
    // What CSI drivers do since the code for them left Kubernetes.
    private static readonly Dictionary<string, string> Moved = new(StringComparer.Ordinal)
    {
        ["awsElasticBlockStore"] = "ebs.csi.aws.com",
        ["azureDisk"] = "disk.csi.azure.com",
        ["azureFile"] = "file.csi.azure.com",
        ["cinder"] = "cinder.csi.openstack.org",
        ["gcePersistentDisk"] = "pd.csi.storage.gke.io",
        ["portworxVolume"] = "pxd.portworx.com",
        ["vsphereVolume"] = "csi.vsphere.vmware.com",
        ["nfs"] = "nfs.csi.k8s.io",
        ["cephfs"] = "cephfs.csi.ceph.com",
        ["rbd"] = "rbd.csi.ceph.com",
        ["iscsi"] = "iscsi.csi.k8s.io",
    };

    /// <summary>The field that says what a volume is; a volume that says nothing is empty at first.</summary>
    public static string Of(MapValue volume) => volume.Names.FirstOrDefault(static name => name != "name") ?? "emptyDir";

    /// <summary>It is a kind that a CSI driver mounts instead.</summary>
    public static bool IsMoved(string kind) => Moved.ContainsKey(kind);

    /// <summary>Why one of another kind cannot.</summary>
    public static string Refusal(string kind) => Moved.TryGetValue(kind, out var driver)
        ? $"volumes of kind {kind} are not mounted by this node itself: use a PersistentVolume of a CSI driver such as {driver}"
        : $"no volume plugin matched: volumes of kind {kind} are not known here";
}

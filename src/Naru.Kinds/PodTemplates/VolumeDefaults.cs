using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>What volumes get where nothing is said.</summary>
internal static class VolumeDefaults
{
    private const long FileMode = 420;

    /// <summary>A volume of a pod.</summary>
    public static void Set(MapValue volume)
    {
        if (volume.Count == (volume.Has("name") ? 1 : 0))
        {
            volume["emptyDir"] = new MapValue();
            return;
        }

        foreach (var kind in (ReadOnlySpan<string>)["secret", "configMap", "downwardAPI", "projected"])
        {
            if (volume[kind] is MapValue source)
            {
                source.Default("defaultMode", FileMode);
                SetFiles(source);
            }
        }

        foreach (var (_, source) in volume.Under("projected").Entries("sources"))
        {
            // Of features that v1.36 leaves off, with the kinds that they are made of: their fields are dropped as there.
            source["clusterTrustBundle"] = null;
            source["podCertificate"] = null;
            SetFiles(source.Under("downwardAPI"));
            if (source["serviceAccountToken"] is MapValue token)
            {
                token.Default("expirationSeconds", 3600);
            }
        }

        if (volume["image"] is MapValue image)
        {
            image.DefaultText("pullPolicy", ContainerDefaults.PullPolicy(image.Str("reference")));
        }

        if (volume.Map("ephemeral", "volumeClaimTemplate", "spec") is { } claim)
        {
            claim.Default("volumeMode", "Filesystem");
        }

        SetSource(volume);
    }

    /// <summary>What volumes of pods and persistent volumes have alike.</summary>
    public static void SetSource(MapValue holder)
    {
        if (holder["hostPath"] is MapValue path)
        {
            path.Default("type", "");
        }

        if (holder["iscsi"] is MapValue iscsi)
        {
            iscsi.DefaultText("iscsiInterface", "default");
        }

        if (holder["rbd"] is MapValue rbd)
        {
            rbd.DefaultText("pool", "rbd");
            rbd.DefaultText("user", "admin");
            rbd.DefaultText("keyring", "/etc/ceph/keyring");
        }

        if (holder["azureDisk"] is MapValue disk)
        {
            disk.Default("cachingMode", "ReadWrite");
            disk.Default("fsType", "ext4");
            disk.Default("readOnly", false);
            disk.Default("kind", "Shared");
        }

        if (holder["scaleIO"] is MapValue scale)
        {
            scale.DefaultText("storageMode", "ThinProvisioned");
            scale.DefaultText("fsType", "xfs");
        }
    }

    private static void SetFiles(MapValue source)
    {
        foreach (var (_, item) in source.Entries("items"))
        {
            ContainerDefaults.SetFieldSource(item);
        }
    }
}

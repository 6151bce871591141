using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of volume sources that pods and persistent volumes have alike.</summary>
internal static class VolumeSourceValidation
{
    // Fields without which a source means nothing.
    private static readonly Dictionary<string, string[]> RequiredFields = new()
    {
        ["nfs"] = ["server", "path"],
        ["iscsi"] = ["targetPortal", "iqn"],
        ["rbd"] = ["monitors", "image"],
        ["cephfs"] = ["monitors"],
        ["glusterfs"] = ["endpoints", "path"],
        ["cinder"] = ["volumeID"],
        ["gcePersistentDisk"] = ["pdName"],
        ["awsElasticBlockStore"] = ["volumeID"],
        ["azureFile"] = ["secretName", "shareName"],
        ["azureDisk"] = ["diskName", "diskURI"],
        ["flexVolume"] = ["driver"],
        ["flocker"] = [],
        ["photonPersistentDisk"] = ["pdID"],
        ["portworxVolume"] = ["volumeID"],
        ["quobyte"] = ["registry", "volume"],
        ["scaleIO"] = ["gateway", "system", "volumeName"],
        ["storageos"] = [],
        ["vsphereVolume"] = ["volumePath"],
        ["gitRepo"] = ["repository"],
        ["local"] = ["path"],
        ["csi"] = ["driver"],
        ["fc"] = [],
    };

    /// <summary>A source by its kind.</summary>
    public static void Validate(string kind, MapValue source, FieldPath path, FieldErrors errors)
    {
        foreach (var field in RequiredFields.GetValueOrDefault(kind) ?? [])
        {
            errors.RequiredField(source, path, field);
        }

        switch (kind)
        {
            case "hostPath":
                ValidateHostPath(source, path, errors);
                break;
            case "nfs" when source.Filled("path") && !source.Str("path").StartsWith('/'):
                errors.Invalid(path.Child("path"), source.Str("path"), "must be an absolute path");
                break;
            case "csi" when source.Filled("driver"):
                ValidateDriver(source.Str("driver"), path.Child("driver"), errors);
                break;
            case "fc":
                if (!source.Filled("targetWWNs") && !source.Filled("wwids"))
                {
                    errors.Required(path.Child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
                }

                break;
            case "local" when source.Filled("path"):
                MountValidation.ValidateNoBackstep(source.Str("path"), path.Child("path"), errors);
                break;
        }
    }

    /// <summary>A name of a CSI driver.</summary>
    public static void ValidateDriver(string driver, FieldPath path, FieldErrors errors)
    {
        if (driver.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (driver.Length > 63)
        {
            errors.TooLong(path, 63);
        }

        errors.Form(path, driver.ToLowerInvariant(), NameChecks.Subdomain);
    }

    private static void ValidateHostPath(MapValue source, FieldPath path, FieldErrors errors)
    {
        if (!source.Filled("path"))
        {
            errors.Required(path.Child("path"));
            return;
        }

        MountValidation.ValidateNoBackstep(source.Str("path"), path.Child("path"), errors);
        if (source["type"] is TextValue type)
        {
            errors.Word(path.Child("type"), type.Text, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
        }
    }
}

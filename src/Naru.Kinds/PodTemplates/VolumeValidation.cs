using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of a pod's volumes.</summary>
internal static class VolumeValidation
{
    /// <summary>The list of volumes, which it leaves in the scope by name.</summary>
    public static void Validate(ListValue volumes, PodScope scope, MapValue metadata, FieldPath path, FieldErrors errors)
    {
        scope.Volumes = new(volumes.Count, StringComparer.Ordinal);
        for (var index = 0; index < volumes.Count; index++)
        {
            if (volumes[index] is not MapValue volume)
            {
                continue;
            }

            var place = path.Index(index);
            ValidateSources(volume, metadata, place, errors);
            var name = volume.Str("name");
            if (name.Length == 0)
            {
                errors.Required(place.Child("name"));
            }
            else if (NameChecks.Label(name) is { } wrong)
            {
                errors.Invalid(place.Child("name"), name, wrong);
            }
            else if (!scope.Volumes.TryAdd(name, volume))
            {
                errors.Duplicate(place.Child("name"), name);
            }
        }
    }

    private static void ValidateSources(MapValue volume, MapValue metadata, FieldPath path, FieldErrors errors)
    {
        var count = 0;
        foreach (var (kind, value) in volume.AsSpan())
        {
            if (kind == "name" || value is not MapValue source)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden(path.Child(kind), "may not specify more than 1 volume type");
                continue;
            }

            ValidateSource(kind, source, volume, metadata, path.Child(kind), errors);
        }

        if (count == 0)
        {
            errors.Required(path, "must specify a volume type");
        }
    }

    private static void ValidateSource(string kind, MapValue source, MapValue volume, MapValue metadata, FieldPath path, FieldErrors errors)
    {
        switch (kind)
        {
            case "emptyDir":
                if (source.Amount("sizeLimit") is { Sign: < 0 })
                {
                    errors.Forbidden(path.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
                }

                break;
            case "secret":
                errors.RequiredField(source, path, "secretName");
                ValidateFiles(source, path, errors);
                break;
            case "configMap":
                errors.RequiredField(source, path, "name");
                ValidateFiles(source, path, errors);
                break;
            case "downwardAPI":
                ValidateMode(source, path, "defaultMode", errors);
                ValidateDownward(source, path, errors);
                break;
            case "projected":
                ValidateProjected(source, path, errors);
                break;
            case "persistentVolumeClaim":
                errors.RequiredField(source, path, "claimName");
                break;
            case "image":
                errors.RequiredField(source, path, "reference");
                errors.RequiredWord(path.Child("pullPolicy"), source.Str("pullPolicy"), "Always", "IfNotPresent", "Never");
                break;
            case "ephemeral":
                ValidateEphemeral(source, volume, metadata, path, errors);
                break;
            default:
                VolumeSourceValidation.Validate(kind, source, path, errors);
                break;
        }
    }

    private static void ValidateEphemeral(MapValue source, MapValue volume, MapValue metadata, FieldPath path, FieldErrors errors)
    {
        if (source["volumeClaimTemplate"] is not MapValue template)
        {
            errors.Required(path.Child("volumeClaimTemplate"));
            return;
        }

        Storage.ClaimSpecValidation.Validate(template.Under("spec"), path.Child("volumeClaimTemplate", "spec"), errors);
        if (metadata.Str("name") is { Length: > 0 } pod && NameChecks.Subdomain($"{pod}-{volume.Str("name")}") is { } wrong)
        {
            errors.Invalid(path, volume.Str("name"), $"PVC name \"{pod}-{volume.Str("name")}\": {wrong}");
        }
    }

    private static void ValidateFiles(MapValue source, FieldPath path, FieldErrors errors)
    {
        ValidateMode(source, path, "defaultMode", errors);
        foreach (var (index, item) in source.Entries("items"))
        {
            var place = path.Child("items").Index(index);
            errors.RequiredField(item, place, "key");
            ValidateFilePath(item, place, errors);
            ValidateMode(item, place, "mode", errors);
        }
    }

    private static void ValidateFilePath(MapValue item, FieldPath path, FieldErrors errors)
    {
        var file = item.Str("path");
        if (file.Length == 0)
        {
            errors.Required(path.Child("path"));
            return;
        }

        MountValidation.ValidateDescending(file, path.Child("path"), errors);
        if (file.StartsWith("..", StringComparison.Ordinal) && !file.StartsWith("../", StringComparison.Ordinal))
        {
            errors.Invalid(path.Child("path"), file, "must not start with '..'");
        }
    }

    private static void ValidateMode(MapValue holder, FieldPath path, string name, FieldErrors errors)
    {
        if (holder[name] is IntegerValue mode && mode.Number is < 0 or > 511)
        {
            errors.Invalid(path.Child(name), mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    private static void ValidateDownward(MapValue source, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, item) in source.Entries("items"))
        {
            var place = path.Child("items").Index(index);
            ValidateFilePath(item, place, errors);
            ValidateMode(item, place, "mode", errors);
            var field = item["fieldRef"] as MapValue;
            var resource = item["resourceFieldRef"] as MapValue;
            if (field is not null)
            {
                EnvironmentValidation.ValidateField(field, place.Child("fieldRef"), true, errors);
                if (resource is not null)
                {
                    errors.Invalid(place, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            }
            else if (resource is not null)
            {
                EnvironmentValidation.ValidateResource(resource, place.Child("resourceFieldRef"), true, errors);
            }
            else
            {
                errors.Required(place, "one of fieldRef and resourceFieldRef is required");
            }
        }
    }

    private static void ValidateProjected(MapValue projected, FieldPath path, FieldErrors errors)
    {
        ValidateMode(projected, path, "defaultMode", errors);
        foreach (var (index, source) in projected.Entries("sources"))
        {
            var place = path.Child("sources").Index(index);
            var count = 0;
            foreach (var (kind, value) in source.AsSpan())
            {
                if (value is not MapValue part)
                {
                    continue;
                }

                if (++count > 1)
                {
                    errors.Forbidden(place.Child(kind), "may not specify more than 1 volume type");
                    continue;
                }

                ValidateProjection(kind, part, place.Child(kind), errors);
            }
        }
    }

    private static void ValidateProjection(string kind, MapValue part, FieldPath path, FieldErrors errors)
    {
        switch (kind)
        {
            case "secret" or "configMap":
                errors.RequiredField(part, path, "name");
                ValidateFiles(part, path, errors);
                break;
            case "downwardAPI":
                ValidateDownward(part, path, errors);
                break;
            case "serviceAccountToken":
                if (part["expirationSeconds"] is IntegerValue expiry)
                {
                    if (expiry.Number < 600)
                    {
                        errors.Invalid(path.Child("expirationSeconds"), expiry, "may not specify a duration less than 10 minutes");
                    }
                    else if (expiry.Number > 1L << 32)
                    {
                        errors.Invalid(path.Child("expirationSeconds"), expiry, "may not specify a duration larger than 2^32 seconds");
                    }
                }

                ValidateFilePath(part, path, errors);
                break;
            case "clusterTrustBundle":
                ValidateFilePath(part, path, errors);
                break;
        }
    }
}

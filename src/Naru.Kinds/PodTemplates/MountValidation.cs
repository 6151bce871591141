using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of where a container sees its volumes.</summary>
internal static class MountValidation
{
    /// <summary>Mounts and devices.</summary>
    public static void Validate(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        if (container.CountOf("volumeMounts") > 0)
        {
            ValidateMounts(container, scope, path.Child("volumeMounts"), errors);
        }

        if (container.CountOf("volumeDevices") > 0)
        {
            ValidateDevices(container, scope, path.Child("volumeDevices"), errors);
        }
    }

    /// <summary>A path that leads down from where it starts.</summary>
    public static void ValidateDescending(string path, FieldPath place, FieldErrors errors)
    {
        if (path.StartsWith('/'))
        {
            errors.Invalid(place, path, "must be a relative path");
        }

        ValidateNoBackstep(path, place, errors);
    }

    /// <summary>A path without steps back.</summary>
    public static void ValidateNoBackstep(string path, FieldPath place, FieldErrors errors)
    {
        if (path.Split('/').Contains(".."))
        {
            errors.Invalid(place, path, "must not contain '..'");
        }
    }

    private static void ValidateMounts(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        var points = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, mount) in container.Entries("volumeMounts"))
        {
            var place = path.Index(index);
            var name = mount.Str("name");
            var point = mount.Str("mountPath");
            if (name.Length == 0)
            {
                errors.Required(place.Child("name"));
            }

            if (scope.Volumes?.ContainsKey(name) != true)
            {
                errors.NotFound(place.Child("name"), name);
            }

            if (point.Length == 0)
            {
                errors.Required(place.Child("mountPath"));
            }

            if (!points.Add(point))
            {
                errors.Invalid(place.Child("mountPath"), point, "must be unique");
            }

            ValidateSubPath(mount, path, place, errors);
            ValidateMode(mount, container, path, errors);
        }
    }

    private static void ValidateSubPath(MapValue mount, FieldPath path, FieldPath place, FieldErrors errors)
    {
        var plain = mount.Str("subPath");
        var expanded = mount.Str("subPathExpr");
        if (plain.Length > 0)
        {
            ValidateDescending(plain, path.Child("subPath"), errors);
        }

        if (expanded.Length > 0)
        {
            if (plain.Length > 0)
            {
                errors.Invalid(place.Child("subPathExpr"), expanded, "subPathExpr and subPath are mutually exclusive");
            }

            ValidateDescending(expanded, path.Child("subPathExpr"), errors);
        }
    }

    private static void ValidateMode(MapValue mount, MapValue container, FieldPath path, FieldErrors errors)
    {
        if (mount["mountPropagation"] is TextValue propagation)
        {
            errors.Word(path.Child("mountPropagation"), propagation.Text, "Bidirectional", "HostToContainer", "None");
            if (propagation.Text == "Bidirectional" && container.Boolean("securityContext", "privileged") != true)
            {
                errors.Forbidden(path.Child("mountPropagation"), "Bidirectional mount propagation is available only to privileged containers");
            }
        }

        if (mount["recursiveReadOnly"] is TextValue recursive)
        {
            errors.Word(path.Child("recursiveReadOnly"), recursive.Text, "Disabled", "Enabled", "IfPossible");
            if (recursive.Text is "Enabled" or "IfPossible")
            {
                if (!mount.Flag("readOnly"))
                {
                    errors.Forbidden(path.Child("recursiveReadOnly"), "may only be specified when readOnly is true");
                }

                if (mount.Str("mountPropagation") is not ("" or "None"))
                {
                    errors.Forbidden(path.Child("recursiveReadOnly"), "may only be specified when mountPropagation is None or not specified");
                }
            }
        }
    }

    private static void ValidateDevices(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var points = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, device) in container.Entries("volumeDevices"))
        {
            var place = path.Index(index);
            var name = device.Str("name");
            var point = device.Str("devicePath");
            if (name.Length == 0)
            {
                errors.Required(place.Child("name"));
            }

            if (!names.Add(name))
            {
                errors.Invalid(place.Child("name"), name, "must be unique");
            }

            if (scope.Volumes is null || !scope.Volumes.TryGetValue(name, out var volume))
            {
                errors.NotFound(place.Child("name"), name);
            }
            else if (!volume.Has("persistentVolumeClaim") && !volume.Has("ephemeral"))
            {
                errors.Invalid(place.Child("name"), name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }

            if (point.Length == 0)
            {
                errors.Required(place.Child("devicePath"));
            }
            else if (!points.Add(point))
            {
                errors.Invalid(place.Child("devicePath"), point, "must be unique");
            }

            if (container.Entries("volumeMounts").Any(one => one.Entry.Str("name") == name))
            {
                errors.Invalid(place.Child("name"), name, "must not already exist in volumeMounts");
            }
        }
    }
}

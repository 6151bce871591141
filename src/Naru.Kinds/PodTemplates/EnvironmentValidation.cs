using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of a container's variables.</summary>
internal static class EnvironmentValidation
{
    private static readonly string[] Fields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    private static readonly string[] Resources =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private static readonly string[] Divisors = ["1", "1E", "1Ei", "1G", "1Gi", "1Ki", "1M", "1Mi", "1P", "1Pi", "1T", "1Ti", "1k"];

    /// <summary>Variables and whole sets of them.</summary>
    public static void Validate(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, variable) in container.Entries("env"))
        {
            var place = path.Child("env").Index(index);
            errors.RequiredForm(place.Child("name"), variable.Str("name"), NameChecks.EnvironmentName);
            if (variable["valueFrom"] is MapValue source)
            {
                ValidateSource(variable, source, scope, place.Child("valueFrom"), errors);
            }
        }

        foreach (var (index, source) in container.Entries("envFrom"))
        {
            var place = path.Child("envFrom").Index(index);
            if (source.Str("prefix") is { Length: > 0 } prefix)
            {
                errors.Form(place.Child("prefix"), prefix, NameChecks.EnvironmentName);
            }

            var count = 0;
            foreach (var kind in (ReadOnlySpan<string>)["configMapRef", "secretRef"])
            {
                if (source[kind] is MapValue reference)
                {
                    count++;
                    errors.RequiredForm(place.Child(kind, "name"), reference.Str("name"), NameChecks.Subdomain);
                }
            }

            if (count != 1)
            {
                errors.Invalid(place, "", count == 0 ? "must specify one of: `configMapRef` or `secretRef`" : "may not have more than one field specified at a time");
            }
        }
    }

    /// <summary>A field of the pod that a variable or a file shows.</summary>
    public static void ValidateField(MapValue reference, FieldPath path, bool inVolume, FieldErrors errors)
    {
        var version = reference.Str("apiVersion");
        var field = reference.Str("fieldPath");
        if (version.Length == 0)
        {
            errors.Required(path.Child("apiVersion"));
        }
        else if (field.Length == 0)
        {
            errors.Required(path.Child("fieldPath"));
        }
        else if (field.StartsWith("metadata.annotations['", StringComparison.Ordinal) || field.StartsWith("metadata.labels['", StringComparison.Ordinal))
        {
            ValidateKey(field, path.Child("fieldPath"), errors);
        }
        else if (inVolume && field is not ("metadata.name" or "metadata.namespace" or "metadata.uid" or "metadata.labels" or "metadata.annotations"))
        {
            errors.NotSupported(path.Child("fieldPath"), field, "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid");
        }
        else if (!inVolume && !Fields.Contains(field))
        {
            errors.NotSupported(path.Child("fieldPath"), field, Fields);
        }
    }

    /// <summary>A resource of a container that a variable or a file shows.</summary>
    public static void ValidateResource(MapValue reference, FieldPath path, bool inVolume, FieldErrors errors)
    {
        var name = reference.Str("resource");
        if (inVolume && reference.Str("containerName").Length == 0)
        {
            errors.Required(path.Child("containerName"));
        }
        else if (name.Length == 0)
        {
            errors.Required(path.Child("resource"));
        }
        else if (!Resources.Contains(name) && !name.StartsWith("limits.hugepages-", StringComparison.Ordinal) && !name.StartsWith("requests.hugepages-", StringComparison.Ordinal))
        {
            errors.NotSupported(path.Child("resource"), name, Resources);
        }

        if (reference.Amount("divisor") is { IsZero: false } divisor)
        {
            var processor = name.EndsWith(".cpu", StringComparison.Ordinal);
            if (processor && divisor.ToString() is not ("1m" or "1"))
            {
                errors.Invalid(path.Child("divisor"), name, "only divisor's values 1m and 1 are supported with the cpu resource");
            }
            else if (!processor && !Divisors.Contains(divisor.ToString()))
            {
                var kind = name.Contains("hugepages", StringComparison.Ordinal) ? "hugepages" : name.EndsWith("memory", StringComparison.Ordinal) ? "memory" : "local ephemeral storage";
                errors.Invalid(path.Child("divisor"), name, $"only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {kind} resource");
            }
        }
    }

    private static void ValidateSource(MapValue variable, MapValue source, PodScope scope, FieldPath path, FieldErrors errors)
    {
        var count = 0;
        foreach (var (kind, value) in source.AsSpan())
        {
            if (value is not MapValue reference)
            {
                continue;
            }

            count++;
            var place = path.Child(kind);
            switch (kind)
            {
                case "fieldRef":
                    ValidateField(reference, place, false, errors);
                    break;
                case "resourceFieldRef":
                    ValidateResource(reference, place, false, errors);
                    break;
                case "fileKeyRef":
                    ValidateFile(reference, scope, place, errors);
                    break;
                default:
                    errors.Form(place.Child("name"), reference.Str("name"), NameChecks.Subdomain);
                    errors.RequiredForm(place.Child("key"), reference.Str("key"), NameChecks.ConfigKey);
                    break;
            }
        }

        if (count == 0)
        {
            errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        }
        else if (variable.Str("value").Length > 0)
        {
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        }

        if (count > 1)
        {
            errors.Invalid(path, "", "may not have more than one field specified at a time");
        }
    }

    private static void ValidateFile(MapValue reference, PodScope scope, FieldPath path, FieldErrors errors)
    {
        errors.RequiredForm(path.Child("key"), reference.Str("key"), NameChecks.EnvironmentName);
        var volume = reference.Str("volumeName");
        if (volume.Length == 0)
        {
            errors.Required(path.Child("volumeName"));
        }
        else if (scope.Spec.Entries("volumes").Select(static one => one.Entry).FirstOrDefault(one => one.Str("name") == volume) is not { } found)
        {
            errors.NotFound(path.Child("volumeName"), volume);
        }
        else if (found.AsSpan().ToArray().Any(static one => one.Key is not ("name" or "emptyDir")))
        {
            errors.Invalid(path.Child("volumeName"), volume, "must be an emptyDir volume");
        }

        var file = reference.Str("path");
        if (file.Length == 0)
        {
            errors.Required(path.Child("path"));
        }
        else if (file.StartsWith('/'))
        {
            errors.Invalid(path.Child("path"), file, "must be a relative path");
        }
        else if (file.Split('/').Contains(".."))
        {
            errors.Invalid(path.Child("path"), file, "must not contain '..'");
        }
    }

    private static void ValidateKey(string field, FieldPath path, FieldErrors errors)
    {
        var start = field.IndexOf('\'', StringComparison.Ordinal) + 1;
        if (!field.EndsWith("']", StringComparison.Ordinal) || field.Length < start + 2)
        {
            errors.Invalid(path, field, "error converting fieldPath: invalid subscript");
            return;
        }

        var key = field[start..^2];
        errors.Form(path, field.StartsWith("metadata.a", StringComparison.Ordinal) ? key.ToLowerInvariant() : key, NameChecks.Qualified);
    }
}

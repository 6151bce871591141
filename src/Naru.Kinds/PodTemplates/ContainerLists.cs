using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of a pod's containers, those of its start and those added later.</summary>
internal static class ContainerLists
{
    private const int MostRules = 20;
    private const int MostCodes = 255;

    private static readonly HashSet<string> OfEphemeral =
    [
        "name", "image", "command", "args", "workingDir", "envFrom", "env", "volumeMounts", "volumeDevices", "terminationMessagePath", "terminationMessagePolicy",
        "imagePullPolicy", "securityContext", "stdin", "stdinOnce", "tty", "targetContainerName",
    ];

    /// <summary>All three lists.</summary>
    public static void Validate(MapValue spec, PodScope scope, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        ValidateOrdinary(spec, scope, names, path.Child("containers"), errors);
        if (spec.CountOf("initContainers") > 0)
        {
            ValidateInit(spec, scope, names, path.Child("initContainers"), errors);
        }

        if (spec.CountOf("ephemeralContainers") > 0)
        {
            ValidateEphemeral(spec, scope, names, path.Child("ephemeralContainers"), errors);
        }
    }

    private static void ValidateOrdinary(MapValue spec, PodScope scope, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        if (spec.CountOf("containers") == 0)
        {
            errors.Required(path);
            return;
        }

        HashSet<string>? ports = null;
        foreach (var (index, container) in spec.Entries("containers"))
        {
            var place = path.Index(index);
            ContainerValidation.Validate(container, scope, place, errors);
            if (!names.Add(container.Str("name")))
            {
                errors.Duplicate(place.Child("name"), container.Str("name"));
            }

            ProbeValidation.Validate(container, scope, place, errors);
            ValidateRestart(container, place, errors);
            ValidateHostPorts(container, ref ports, place, errors);
            if (spec.Flag("hostNetwork"))
            {
                ValidateHostNetwork(container, scope, place.Child("ports"), errors);
            }
        }
    }

    private static void ValidateInit(MapValue spec, PodScope scope, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, container) in spec.Entries("initContainers"))
        {
            var place = path.Index(index);
            ContainerValidation.Validate(container, scope, place, errors);
            if (container.Str("name").Length > 0 && !names.Add(container.Str("name")))
            {
                errors.Duplicate(place.Child("name"), container.Str("name"));
            }

            ValidateRestart(container, place, errors);
            HashSet<string>? ports = null;
            ValidateHostPorts(container, ref ports, place, errors);
            if (container.Str("restartPolicy") == "Always")
            {
                ProbeValidation.Validate(container, scope, place, errors);
                continue;
            }

            foreach (var field in (ReadOnlySpan<string>)["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"])
            {
                if (container.Has(field))
                {
                    errors.Forbidden(place.Child(field), "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private static void ValidateEphemeral(MapValue spec, PodScope scope, HashSet<string> names, FieldPath path, FieldErrors errors)
    {
        var others = names.ToHashSet();
        foreach (var (index, container) in spec.Entries("ephemeralContainers"))
        {
            var place = path.Index(index);
            ContainerValidation.Validate(container, scope, place, errors);
            if (!names.Add(container.Str("name")))
            {
                errors.Duplicate(place.Child("name"), container.Str("name"));
            }

            if (container.Str("targetContainerName") is { Length: > 0 } target && !others.Contains(target))
            {
                errors.NotFound(place.Child("targetContainerName"), target);
            }

            foreach (var (name, value) in container.AsSpan())
            {
                if (!OfEphemeral.Contains(name) && !SameValue.IsEmpty(value))
                {
                    errors.Forbidden(place.Child(name), "cannot be set for an Ephemeral Container");
                }
            }

            foreach (var (at, mount) in container.Entries("volumeMounts"))
            {
                foreach (var field in (ReadOnlySpan<string>)["subPath", "subPathExpr"])
                {
                    if (mount.Filled(field))
                    {
                        errors.Forbidden(place.Child("volumeMounts").Index(at).Child(field), "cannot be set for an Ephemeral Container");
                    }
                }
            }
        }
    }

    private static void ValidateRestart(MapValue container, FieldPath place, FieldErrors errors)
    {
        var policy = container["restartPolicy"] as TextValue;
        if (policy is not null)
        {
            errors.Word(place.Child("restartPolicy"), policy.Text, "Always", "Never", "OnFailure");
        }

        if (container.CountOf("restartPolicyRules") > 0)
        {
            if (policy is null)
            {
                errors.Required(place.Child("restartPolicy"), "must specify restartPolicy when restart rules are used");
            }

            if (container.CountOf("restartPolicyRules") > MostRules)
            {
                errors.Invalid(place.Child("restartPolicyRules"), container.CountOf("restartPolicyRules"), $"must have at most {MostRules} rules");
            }

            foreach (var (index, rule) in container.Entries("restartPolicyRules"))
            {
                ValidateRule(rule, place.Child("restartPolicyRules").Index(index), errors);
            }
        }
    }

    private static void ValidateRule(MapValue rule, FieldPath path, FieldErrors errors)
    {
        errors.RequiredWord(path.Child("action"), rule.Str("action"), "Restart", "RestartAllContainers");
        if (rule["exitCodes"] is not MapValue codes)
        {
            errors.Required(path.Child("exitCodes"), "must be specified");
            return;
        }

        errors.RequiredWord(path.Child("exitCodes", "operator"), codes.Str("operator"), "In", "NotIn");
        if (codes.CountOf("values") is 0 or > MostCodes)
        {
            errors.Invalid(path.Child("exitCodes", "values"), codes["values"], $"must have between 1 and {MostCodes} values");
        }
    }

    private static void ValidateHostPorts(MapValue container, ref HashSet<string>? seen, FieldPath place, FieldErrors errors)
    {
        foreach (var (index, port) in container.Entries("ports"))
        {
            if (port.Int("hostPort") == 0)
            {
                continue;
            }

            seen ??= new(StringComparer.Ordinal);
            var key = $"{port.Str("protocol")}/{port.Str("hostIP")}/{port["hostPort"]}";
            if (!seen.Add(key))
            {
                errors.Duplicate(place.Child("ports").Index(index).Child("hostPort"), key);
            }
        }
    }

    private static void ValidateHostNetwork(MapValue container, PodScope scope, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, port) in container.Entries("ports"))
        {
            var host = port.Int("hostPort");
            if ((scope.IsPod || host != 0) && host != port.Int("containerPort"))
            {
                errors.Invalid(path.Index(index).Child("hostPort"), host, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}

using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of security contexts.</summary>
internal static class SecurityValidation
{
    private static readonly string[] Ids = ["runAsUser", "runAsGroup", "fsGroup"];

    /// <summary>The pod's.</summary>
    public static void ValidatePod(MapValue spec, FieldPath path, FieldErrors errors)
    {
        ValidateHost(spec, path, errors);
        if (spec["securityContext"] is not MapValue { Count: > 0 } security)
        {
            return;
        }

        var place = path.Child("securityContext");
        ValidateIds(security, place, errors);
        ValidateProfiles(security, place, errors);
        errors.OptionalWord(security, place, "fsGroupChangePolicy", "Always", "OnRootMismatch");
        errors.OptionalWord(security, place, "supplementalGroupsPolicy", "Merge", "Strict");
        errors.OptionalWord(security, place, "seLinuxChangePolicy", "MountOption", "Recursive");
        if (security["supplementalGroups"] is ListValue groups)
        {
            for (var index = 0; index < groups.Count; index++)
            {
                ValidateId(groups[index], place.Child("supplementalGroups").Index(index), errors);
            }
        }

        ValidateSysctls(spec, security, place.Child("sysctls"), errors);
    }

    /// <summary>A container's.</summary>
    public static void ValidateContainer(MapValue security, PodScope scope, FieldPath path, FieldErrors errors)
    {
        ValidateIds(security, path, errors);
        ValidateProfiles(security, path, errors);
        if (security["procMount"] is TextValue mount)
        {
            errors.Word(path.Child("procMount"), mount.Text, "Default", "Unmasked");
            if (scope.HostUsers && mount.Text == "Unmasked")
            {
                errors.Invalid(path.Child("procMount"), mount.Text, "`hostUsers` must be false to use `Unmasked`");
            }
        }

        if (security.Boolean("allowPrivilegeEscalation") == false)
        {
            if (security.Flag("privileged"))
            {
                errors.Invalid(path, security, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }

            if (security.Under("capabilities").Words("add").Contains("CAP_SYS_ADMIN"))
            {
                errors.Invalid(path, security, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
    }

    private static void ValidateHost(MapValue spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Flag("shareProcessNamespace") && spec.Flag("hostPID"))
        {
            errors.Invalid(path.Child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        if (spec.Boolean("hostUsers") == false)
        {
            foreach (var field in (ReadOnlySpan<string>)["hostNetwork", "hostPID", "hostIPC"])
            {
                if (spec.Flag(field))
                {
                    errors.Forbidden(path.Child(field), "when `pod.Spec.HostUsers` is false");
                }
            }
        }
    }

    private static void ValidateIds(MapValue security, FieldPath path, FieldErrors errors)
    {
        foreach (var id in Ids)
        {
            if (security[id] is { } value)
            {
                ValidateId(value, path.Child(id), errors);
            }
        }
    }

    private static void ValidateId(Value value, FieldPath path, FieldErrors errors)
    {
        if (value is IntegerValue { Number: < 0 or > int.MaxValue } id)
        {
            errors.Invalid(path, id, "must be between 0 and 2147483647, inclusive");
        }
    }

    private static void ValidateProfiles(MapValue security, FieldPath path, FieldErrors errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["seccompProfile", "appArmorProfile"])
        {
            if (security[name] is not MapValue profile)
            {
                continue;
            }

            var place = path.Child(name);
            var type = profile.Str("type");
            errors.RequiredWord(place.Child("type"), type, "Localhost", "RuntimeDefault", "Unconfined");
            var local = profile.Filled("localhostProfile");
            if (type == "Localhost" && !local)
            {
                errors.Required(place.Child("localhostProfile"), name == "seccompProfile" ? "must be set when seccomp type is Localhost" : "must be set when AppArmor type is Localhost");
            }
            else if (type != "Localhost" && local)
            {
                errors.Invalid(place.Child("localhostProfile"), profile["localhostProfile"], name == "seccompProfile" ? "can only be set when seccomp type is Localhost" : "can only be set when AppArmor type is Localhost");
            }
            else if (local && name == "seccompProfile")
            {
                MountValidation.ValidateDescending(profile.Str("localhostProfile"), place.Child("localhostProfile"), errors);
            }
        }
    }

    private static void ValidateSysctls(MapValue spec, MapValue security, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, sysctl) in security.Entries("sysctls"))
        {
            var place = path.Index(index).Child("name");
            var name = sysctl.Str("name").Replace('/', '.');
            if (name.Length == 0)
            {
                errors.Required(place);
            }
            else if (!IsSysctl(name))
            {
                errors.Invalid(place, sysctl.Str("name"), "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            }
            else if (!names.Add(name))
            {
                errors.Duplicate(place, sysctl.Str("name"));
            }

            if (spec.Flag("hostNetwork") && name.StartsWith("net.", StringComparison.Ordinal))
            {
                errors.Invalid(place, name, "may not be specified when 'hostNetwork' is true");
            }

            if (spec.Flag("hostIPC") && (name.StartsWith("kernel.shm", StringComparison.Ordinal) || name.StartsWith("kernel.msg", StringComparison.Ordinal) || name == "kernel.sem" || name.StartsWith("fs.mqueue.", StringComparison.Ordinal)))
            {
                errors.Invalid(place, name, "may not be specified when 'hostIPC' is true");
            }
        }
    }

    private static bool IsSysctl(string name) =>
        name.Length <= 253 && name.Split('.').All(static part => part.Length > 0 && part[0] is not ('-' or '_') && part[^1] is not ('-' or '_')
            && part.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_'));
}

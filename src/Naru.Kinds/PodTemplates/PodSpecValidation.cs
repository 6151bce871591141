using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of a pod's spec.</summary>
internal static class PodSpecValidation
{
    private const int LongestHostname = 64;

    private static readonly string[] DnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    private static readonly string[] RestartPolicies = ["Always", "OnFailure", "Never"];

    /// <summary>A spec of a pod, or in a template.</summary>
    public static void Validate(MapValue spec, MapValue metadata, bool isPod, FieldPath path, FieldErrors errors)
    {
        var scope = new PodScope { Spec = spec, IsPod = isPod, Grace = spec.Integer("terminationGracePeriodSeconds"), HostUsers = spec.Boolean("hostUsers") != false };
        if (scope.Grace is null)
        {
            errors.Required(path.Child("terminationGracePeriodSeconds"));
        }

        if (spec["volumes"] is ListValue volumes)
        {
            VolumeValidation.Validate(volumes, scope, metadata, path.Child("volumes"), errors);
        }

        if (spec["resourceClaims"] is ListValue)
        {
            ValidateClaims(spec, scope, path.Child("resourceClaims"), errors);
        }

        ContainerLists.Validate(spec, scope, path, errors);
        if (spec["resources"] is MapValue resources)
        {
            ResourceValidation.ValidatePod(spec, resources, path.Child("resources"), errors);
        }

        errors.RequiredWord(path.Child("restartPolicy"), spec.Str("restartPolicy"), RestartPolicies);
        errors.RequiredWord(path.Child("dnsPolicy"), spec.Str("dnsPolicy"), DnsPolicies);
        SecurityValidation.ValidatePod(spec, path, errors);
        PlacementValidation.Validate(spec, path, errors);
        ValidateNames(spec, path, errors);
        ValidateRest(spec, path, errors);
    }

    private static void ValidateNames(MapValue spec, FieldPath path, FieldErrors errors)
    {
        Form(spec, "serviceAccountName", NameChecks.Subdomain);
        Form(spec, "nodeName", NameChecks.Subdomain);
        Form(spec, "hostname", NameChecks.Label);
        Form(spec, "subdomain", NameChecks.Label);
        Form(spec, "priorityClassName", NameChecks.Subdomain);
        Form(spec, "runtimeClassName", NameChecks.Subdomain);
        Form(spec, "hostnameOverride", NameChecks.Subdomain);
        ValidateOverride(spec, path, errors);
        if (spec["schedulerName"] is TextValue { Text.Length: > 0 } scheduler)
        {
            errors.Form(path.Child("schedulerName"), scheduler.Text, NameChecks.Qualified);
        }

        void Form(MapValue from, string name, Func<string, string?> check)
        {
            if (from[name] is TextValue { Text.Length: > 0 } text)
            {
                errors.Form(path.Child(name), text.Text, check);
            }
        }
    }

    private static void ValidateOverride(MapValue spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Str("hostnameOverride") is not { Length: > 0 } name)
        {
            return;
        }

        var place = path.Child("hostnameOverride");
        if (spec.Flag("hostNetwork"))
        {
            errors.Forbidden(place, "may not be specified when `hostNetwork` is true");
        }

        if (spec.Flag("setHostnameAsFQDN"))
        {
            errors.Forbidden(place, "may not be specified when `setHostnameAsFQDN` is true");
        }

        if (name.Length > LongestHostname)
        {
            errors.Invalid(place, name, $"must be no more than {LongestHostname} characters");
        }
    }

    private static void ValidateRest(MapValue spec, FieldPath path, FieldErrors errors)
    {
        if (spec["activeDeadlineSeconds"] is IntegerValue deadline)
        {
            errors.Range(path.Child("activeDeadlineSeconds"), deadline.Number, 1, int.MaxValue);
        }

        errors.OptionalWord(spec, path, "preemptionPolicy", "PreemptLowerPriority", "Never");
        if (spec["nodeSelector"] is MapValue selector)
        {
            LabelRules.ValidateLabels(selector, path.Child("nodeSelector"), errors);
        }

        if (spec.Has("dnsConfig") || spec.Str("dnsPolicy") == "None")
        {
            ValidateDns(spec, path.Child("dnsConfig"), errors);
        }

        foreach (var (index, gate) in spec.Entries("readinessGates"))
        {
            errors.Form(path.Child("readinessGates").Index(index).Child("conditionType"), gate.Str("conditionType"), NameChecks.Qualified);
        }

        foreach (var (index, alias) in spec.Entries("hostAliases"))
        {
            var place = path.Child("hostAliases").Index(index);
            errors.Address(place.Child("ip"), alias.Str("ip"));
            var host = 0;
            foreach (var name in alias.Words("hostnames"))
            {
                errors.Form(place.Child("hostnames").Index(host++), name, NameChecks.Subdomain);
            }
        }

        if (spec["overhead"] is MapValue overhead)
        {
            ResourceValidation.ValidateAmounts(overhead, path.Child("overhead"), errors);
        }

        if (spec.Map("os") is { } system)
        {
            errors.RequiredWord(path.Child("os", "name"), system.Str("name"), "linux", "windows");
        }
    }

    private static void ValidateDns(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var config = spec["dnsConfig"] as MapValue;
        if (spec.Str("dnsPolicy") == "None")
        {
            if (config is null)
            {
                errors.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }

            if (config.CountOf("nameservers") == 0)
            {
                errors.Required(path.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
                return;
            }
        }

        if (config is null)
        {
            return;
        }

        if (config.CountOf("nameservers") > 3)
        {
            errors.Invalid(path.Child("nameservers"), config["nameservers"], "must not have more than 3 nameservers");
        }

        var index = 0;
        foreach (var server in config.Words("nameservers"))
        {
            errors.Address(path.Child("nameservers").Index(index++), server);
        }

        if (config.CountOf("searches") > 32)
        {
            errors.Invalid(path.Child("searches"), config["searches"], "must not have more than 32 search paths");
        }

        if (config.Words("searches").Sum(static one => one.Length + 1) - 1 > 2048)
        {
            errors.Invalid(path.Child("searches"), config["searches"], "must not have more than 2048 characters (including spaces) in the search list");
        }

        index = 0;
        foreach (var search in config.Words("searches"))
        {
            var name = search.EndsWith('.') ? search[..^1] : search;
            if (search != ".")
            {
                errors.Form(path.Child("searches").Index(index), name, static one => NameChecks.Subdomain(one.Replace('_', '-').Replace("-.", "a.", StringComparison.Ordinal).TrimStart('-')));
            }

            index++;
        }

        foreach (var (place, option) in config.Entries("options"))
        {
            if (option.Str("name").Length == 0)
            {
                errors.Required(path.Child("options").Index(place), "must not be empty");
            }
        }
    }

    private static void ValidateClaims(MapValue spec, PodScope scope, FieldPath path, FieldErrors errors)
    {
        scope.Claims = new(StringComparer.Ordinal);
        foreach (var (index, claim) in spec.Entries("resourceClaims"))
        {
            var place = path.Index(index);
            var name = claim.Str("name");
            if (name.Length > 0 && !scope.Claims.Add(name))
            {
                errors.Duplicate(place.Child("name"), name);
            }
            else
            {
                errors.RequiredForm(place.Child("name"), name, NameChecks.Label);
            }

            var direct = claim.Has("resourceClaimName");
            if (direct && claim.Has("resourceClaimTemplateName"))
            {
                errors.Invalid(place, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            }
            else if (!direct && !claim.Has("resourceClaimTemplateName"))
            {
                errors.Invalid(place, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            }
        }
    }
}
